package io.iodine.connection.frame;

/**
 * What was agreed on with a client about permessage-deflate (RFC 7692).
 *
 * @param serverTakeover whether messages to the client may refer to those before
 * @param clientTakeover whether messages from the client may refer to those before
 * @param answer what the answer to the handshake says, as
 * {@code Sec-WebSocket-Extensions}
 */
public record DeflateParameters(boolean serverTakeover, boolean clientTakeover, String answer) {

}
