/**
 * The life of one connection, whatever it speaks: serial callbacks, the bounded outbox,
 * framings, the fan-out of channels to sockets, and the registry of all connections.
 */
@NullMarked
package io.iodine.connection;

import org.jspecify.annotations.NullMarked;
