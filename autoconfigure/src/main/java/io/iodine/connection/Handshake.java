package io.iodine.connection;

import java.util.Optional;
import java.util.concurrent.Executor;

import io.iodine.ConnectionHandler;
import io.iodine.Framer;
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
 * @param framer how messages of RAW are told apart
 * @param settings its limits; empty: those of all connections
 * @param dialed whether this process is the client
 * @param executor runs the callbacks; empty for that of all connections
 */
public record Handshake(Protocol protocol, Optional<String> subprotocol, Optional<UpgradeRequest> request,
		ConnectionHandler handler, boolean nonBlocking, Overflow overflow, CallbackScope scope,
		Optional<DeflateParameters> deflate, PingSettings pings, Permit pass, Framer framer,
		Optional<ConnectionSettings> settings, boolean dialed, Optional<Executor> executor) {

	/**
	 * A handshake over HTTP.
	 * @param protocol what is spoken
	 * @param subprotocol the WebSocket subprotocol
	 * @param request the request that was upgraded
	 * @param handler gets the callbacks
	 * @param nonBlocking whether the callbacks run on the event loop
	 * @param overflow what happens when the peer reads too slowly
	 * @param scope surrounds the callbacks
	 * @param deflate how messages are compressed; empty when they are not
	 * @param pings when the peer is pinged
	 * @param pass its place among the connections
	 */
	public Handshake(Protocol protocol, Optional<String> subprotocol, Optional<UpgradeRequest> request,
			ConnectionHandler handler, boolean nonBlocking, Overflow overflow, CallbackScope scope,
			Optional<DeflateParameters> deflate, PingSettings pings, Permit pass) {
		this(protocol, subprotocol, request, handler, nonBlocking, overflow, scope, deflate, pings, pass, Framer.raw(),
				Optional.empty(), false, Optional.empty());
	}

}
