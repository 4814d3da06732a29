/**
 * Sockets below HTTP: listeners and clients on TCP, TLS, UDP and Unix sockets. Knows
 * Netty and no web framework.
 */
@NullMarked
package io.iodine.socket;

import org.jspecify.annotations.NullMarked;
