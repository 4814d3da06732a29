/**
 * What an application sees: the upgrade handlers, the connection, the message and the
 * pub/sub words. Nothing here knows a server, a socket or a broker.
 */
@NullMarked
package io.iodine;

import org.jspecify.annotations.NullMarked;
