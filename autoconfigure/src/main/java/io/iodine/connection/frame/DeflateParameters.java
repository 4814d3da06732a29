package io.iodine.connection.frame;

/**
 * The parameters of permessage-deflate (RFC 7692) that a client and the server agreed on.
 *
 * @param serverTakeover whether messages to the client refer to those before
 * @param clientTakeover whether messages from the client may refer to those before
 * @param serverWindow the window of messages to the client, in bits
 * @param answer the value of {@code Sec-WebSocket-Extensions} in the answer to the
 * handshake
 */
public record DeflateParameters(boolean serverTakeover, boolean clientTakeover, int serverWindow, String answer) {

}
