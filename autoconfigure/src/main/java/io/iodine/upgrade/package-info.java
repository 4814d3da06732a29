/**
 * Decides what becomes of a request that asks for an upgrade: which handler serves it,
 * whether its origin, handshake and limits allow it, and what is negotiated. It knows no
 * web framework's server and no Netty, so that WebFlux and servlets decide alike.
 */
@NullMarked
package io.iodine.upgrade;

import org.jspecify.annotations.NullMarked;
