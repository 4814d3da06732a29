/**
 * What an application sees of sockets: listeners, clients that dial, and the event loop.
 * Nothing here knows a server or a socket.
 */
@NullMarked
package io.iodine.net;

import org.jspecify.annotations.NullMarked;
