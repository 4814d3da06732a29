package io.iodine.upgrade;

import io.iodine.connection.Handshake;

/**
 * Result of an accepted upgrade.
 *
 * @param handshake what was negotiated, with the permit of the request
 * @param token the value of {@code Sec-WebSocket-Accept}, or the name of a RAW protocol;
 * empty for an event stream
 */
public record AcceptedUpgrade(Handshake handshake, String token) {

}
