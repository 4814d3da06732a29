package io.iodine.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of security.
 *
 * @param closeOnExpiry Whether a connection closes with 4401 when the token expires or
 * the HTTP session ends that it was opened with.
 * @param bearerSubprotocol Whether a WebSocket handshake may bring its bearer token as
 * the subprotocols "bearer, TOKEN".
 * @param bearerCookie Name of the cookie that may bring the bearer token of a WebSocket
 * handshake or an event stream. Unset means none.
 */
@ConfigurationProperties("iodine.security")
record IodineSecurityProperties(@DefaultValue("true") boolean closeOnExpiry,
		@DefaultValue("true") boolean bearerSubprotocol, @Nullable String bearerCookie) {
}
