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
 * Result of a handshake, from which a connection opens.
 *
 * @param protocol the protocol
 * @param subprotocol the WebSocket subprotocol
 * @param request the request that was upgraded; empty for a socket that was never HTTP
 * @param handler the handler
 * @param nonBlocking whether the callbacks run on the event loop
 * @param overflow the overflow policy
 * @param scope the scope of the callbacks
 * @param deflate the compression parameters; empty for no compression
 * @param pings the heartbeat
 * @param permit its permit
 * @param framer the framer of a RAW connection
 * @param settings its limits; empty for the limits of all connections
 * @param dialed whether this process is the client
 * @param executor the callback executor; empty for that of all connections
 */
public record Handshake(Protocol protocol, Optional<String> subprotocol, Optional<UpgradeRequest> request,
		ConnectionHandler handler, boolean nonBlocking, Overflow overflow, CallbackScope scope,
		Optional<DeflateParameters> deflate, PingSettings pings, Permit permit, Framer framer,
		Optional<ConnectionSettings> settings, boolean dialed, Optional<Executor> executor) {

	/**
	 * A handshake over HTTP.
	 * @param protocol the protocol
	 * @param subprotocol the WebSocket subprotocol
	 * @param request the request that was upgraded
	 * @param handler the handler
	 * @param nonBlocking whether the callbacks run on the event loop
	 * @param overflow the overflow policy
	 * @param scope the scope of the callbacks
	 * @param deflate the compression parameters; empty for no compression
	 * @param pings the heartbeat
	 * @param permit its permit
	 */
	public Handshake(Protocol protocol, Optional<String> subprotocol, Optional<UpgradeRequest> request,
			ConnectionHandler handler, boolean nonBlocking, Overflow overflow, CallbackScope scope,
			Optional<DeflateParameters> deflate, PingSettings pings, Permit permit) {
		this(protocol, subprotocol, request, handler, nonBlocking, overflow, scope, deflate, pings, permit,
				Framer.raw(), Optional.empty(), false, Optional.empty());
	}

}
