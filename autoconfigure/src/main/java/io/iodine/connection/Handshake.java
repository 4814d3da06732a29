package io.iodine.connection;

import java.util.Optional;

import io.iodine.ConnectionHandler;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.UpgradeRequest;
import io.iodine.connection.frame.DeflateParameters;
import io.iodine.connection.limit.Permit;

/**
 * What was agreed on before a connection opens.
 *
 * @param protocol what is spoken
 * @param subprotocol the WebSocket subprotocol
 * @param request the request that was upgraded; empty for a socket that was never HTTP
 * @param handler gets the callbacks
 * @param nonBlocking whether the callbacks run on the event loop
 * @param overflow what happens when the peer reads too slowly
 * @param scope surrounds the callbacks
 * @param deflate how messages are compressed; empty when they are not
 * @param pings when the peer is pinged
 * @param pass its place among the connections
 */
public record Handshake(Protocol protocol, Optional<String> subprotocol, Optional<UpgradeRequest> request,
		ConnectionHandler handler, boolean nonBlocking, Overflow overflow, CallbackScope scope,
		Optional<DeflateParameters> deflate, PingSettings pings, Permit pass) {

}
