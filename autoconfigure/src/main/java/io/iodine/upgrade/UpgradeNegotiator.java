package io.iodine.upgrade;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.concurrent.PeerText;
import io.iodine.concurrent.ThrottledLog;
import io.iodine.connection.CallbackScope;
import io.iodine.connection.Connections;
import io.iodine.connection.Handshake;
import io.iodine.connection.frame.DeflateParameters;
import io.iodine.connection.limit.RejectionReason;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatus;

/**
 * Checks requests against a policy, and negotiates what an accepted one becomes. Every
 * web stack decides by it.
 */
public final class UpgradeNegotiator {

	private static final String BEARER = "bearer";

	private static final Log logger = LogFactory.getLog(UpgradeNegotiator.class);

	private static final ThrottledLog subprotocolMistakes = new ThrottledLog(logger);

	private final Connections connections;

	private final ThrottledLog foreignOrigins = new ThrottledLog(logger);

	private final ThrottledLog undecided = new ThrottledLog(logger);

	/**
	 * Creates the negotiator.
	 * @param connections has the limits and the compression of connections
	 */
	public UpgradeNegotiator(Connections connections) {
		this.connections = connections;
	}

	/**
	 * Finds why a request can't be accepted, whatever its handler answers. A request that
	 * can be accepted holds a permit afterwards.
	 * @param request the request
	 * @param snapshot the same for handlers
	 * @param policy the policy of its endpoint
	 * @return the rejection; empty when the request can be accepted
	 */
	public Optional<RejectedUpgrade> rejection(HttpRequest request, RequestSnapshot snapshot, UpgradePolicy policy) {
		return defect(request, snapshot, policy)
			.or(() -> snapshot.acquirePermit(this.connections.limiter()).map(UpgradeNegotiator::tooMany));
	}

	/**
	 * Whether a request can become what an answer says: RAW only by the name of a
	 * protocol, or by an endpoint that serves RAW. A request that can't is served as if
	 * it had not offered any upgrade (RFC 9110, section 7.8).
	 * @param request the request
	 * @param accept the answer
	 * @return whether it can
	 */
	public static boolean suits(RequestSnapshot request, Upgrade.Accept accept) {
		if (accept.rawProtocol().isEmpty()) {
			return request.protocol().isPresent() && (request.protocol().get() != Protocol.RAW || request.isChosen());
		}
		boolean offered = request.protocols().contains(Protocol.RAW)
				&& offeredProtocols(request).stream().anyMatch(accept.rawProtocol().get()::equalsIgnoreCase);
		if (offered) {
			request.choose(Protocol.RAW);
		}
		return offered;
	}

	/**
	 * Finds the mistake in an answer that accepts.
	 * @param request the request
	 * @param accept the answer
	 * @return the rejection; empty when the answer is sound
	 */
	public static Optional<RejectedUpgrade> mistake(RequestSnapshot request, Upgrade.Accept accept) {
		return accept.chosenSubprotocol().filter((chosen) -> !request.subprotocols().contains(chosen)).map((chosen) -> {
			subprotocolMistakes.warn(() -> "An upgrade of " + PeerText.of(request.path()) + " chose the subprotocol '"
					+ chosen + "', but the client offered " + PeerText.of(request.subprotocols().toString()));
			return new RejectedUpgrade(RejectionReason.SUBPROTOCOL,
					Upgrade.reject(HttpStatus.INTERNAL_SERVER_ERROR.value()));
		});
	}

	/**
	 * Negotiates what a request becomes, and drops the server's request.
	 * @param request the request, without a {@link #rejection} or {@link #mistake}
	 * @param accept the answer
	 * @param policy the policy of its endpoint
	 * @param scope surrounds the callbacks of the connection
	 * @return what was negotiated, with the permit that the request owns until it is
	 * armed
	 */
	public AcceptedUpgrade accept(RequestSnapshot request, Upgrade.Accept accept, UpgradePolicy policy,
			CallbackScope scope) {
		Protocol protocol = request.protocol().orElseThrow();
		String token = switch (protocol) {
			case WEBSOCKET -> WebSocketHandshake.accept(request.header(WebSocketHandshake.KEY).orElseThrow());
			case RAW -> accept.rawProtocol().orElseGet(() -> offeredProtocols(request).get(0));
			case SSE -> "";
		};
		Optional<String> subprotocol = accept.chosenSubprotocol()
			.or(() -> Optional
				.ofNullable(WebSocketHandshake.subprotocol(request.subprotocols(), policy.subprotocols())))
			.or(() -> isBearer(request) ? Optional.of(BEARER) : Optional.empty());
		request.detach();
		return new AcceptedUpgrade(
				new Handshake(protocol, subprotocol, Optional.of(request), accept.handler(), policy.nonBlocking(),
						policy.overflow(), scope, deflate(request, policy), policy.pings(), request.permit()),
				token);
	}

	/**
	 * Counts an upgrade that was not decided in time, and logs it at a limited rate,
	 * because clients can cause any number of them.
	 * @param timeout the time that it had
	 */
	public void undecided(Duration timeout) {
		this.connections.rejected(RejectionReason.UNDECIDED);
		this.undecided.warn(() -> "An upgrade was not decided within " + timeout.toMillis()
				+ " ms (iodine.upgrade-timeout) and is rejected");
	}

	/**
	 * Rejects an upgrade for which the executor of callbacks takes no task.
	 * @return the rejection, with status 503
	 */
	public RejectedUpgrade noThread() {
		this.undecided.warn(() -> "An upgrade was rejected, because the executor of callbacks takes no task");
		return new RejectedUpgrade(RejectionReason.UNDECIDED,
				Upgrade.reject(HttpStatus.SERVICE_UNAVAILABLE.value()).header(HttpHeaders.RETRY_AFTER, "1"));
	}

	/**
	 * Whether the page that a request comes from may connect.
	 * @param request the request
	 * @param snapshot the same for handlers
	 * @param policy the policy of its endpoint
	 * @return whether it may
	 */
	public static boolean isAllowed(HttpRequest request, RequestSnapshot snapshot, UpgradePolicy policy) {
		return Origins.allows(request, policy.allowedOrigins(), snapshot.protocol().orElse(null), snapshot.cors());
	}

	/**
	 * The failure of a decision that came later, and is null.
	 * @return the failure, which goes to the error handling of Spring
	 */
	public static IllegalStateException missingDecision() {
		return new IllegalStateException("the stage of an Upgrade.later completed with null; to leave a request to the"
				+ " application, complete it with Upgrade.decline()");
	}

	/**
	 * The answer to a plain request to the path of a handler, which nothing else serves.
	 * @return status 426, and how to connect
	 */
	public static Upgrade.Reject upgradeRequired() {
		return (Upgrade.Reject) Upgrade
			.reject(HttpStatus.UPGRADE_REQUIRED.value(),
					"""
							This path is for connections: open a WebSocket, as with new WebSocket(url), or an event stream where it is \
							served, as with new EventSource(url).
							""")
			.header(HttpHeaders.UPGRADE, "websocket")
			.header(HttpHeaders.CONNECTION, "Upgrade");
	}

	private static RejectedUpgrade tooMany(RejectionReason reason) {
		HttpStatus status = (reason == RejectionReason.TOTAL) ? HttpStatus.SERVICE_UNAVAILABLE
				: HttpStatus.TOO_MANY_REQUESTS;
		String seconds = (reason == RejectionReason.RATE) ? "1" : "10";
		return new RejectedUpgrade(reason, Upgrade.reject(status.value()).header(HttpHeaders.RETRY_AFTER, seconds));
	}

	private Optional<RejectedUpgrade> defect(HttpRequest request, RequestSnapshot snapshot, UpgradePolicy policy) {
		if (!isAllowed(request, snapshot, policy)) {
			this.foreignOrigins.warn(() -> "Rejected an upgrade of " + PeerText.of(snapshot.path()) + " from origin "
					+ PeerText.of(request.getHeaders().getFirst(HttpHeaders.ORIGIN))
					+ ", because the application's own is "
					+ Origin.of(request.getURI()).map(Origin::toString).orElse("unknown")
					+ ". To allow it, set iodine.allowed-origins or the allowedOrigins of its @UpgradeHandler. Behind a"
					+ " proxy, set server.forward-headers-strategy, and have the proxy send the port too"
					+ " (in nginx: proxy_set_header Host $http_host)");
			return rejected(RejectionReason.ORIGIN,
					Upgrade.reject(HttpStatus.FORBIDDEN.value(), "this origin may not connect"));
		}
		if (this.connections.isDraining()) {
			return rejected(RejectionReason.DRAINING,
					Upgrade.reject(HttpStatus.SERVICE_UNAVAILABLE.value()).header(HttpHeaders.RETRY_AFTER, "1"));
		}
		Protocol protocol = snapshot.protocol().orElse(null);
		if (protocol != Protocol.SSE && hasBody(request, snapshot)) {
			return rejected(RejectionReason.HANDSHAKE,
					Upgrade.reject(HttpStatus.BAD_REQUEST.value(), "a request with a body is not upgraded"));
		}
		return (protocol == Protocol.WEBSOCKET) ? handshakeDefect(request, snapshot, policy) : Optional.empty();
	}

	private Optional<RejectedUpgrade> handshakeDefect(HttpRequest request, RequestSnapshot snapshot,
			UpgradePolicy policy) {
		Optional<Upgrade> answer = WebSocketHandshake.rejection(request,
				this.connections.compressionSettings().enabled() && policy.compression());
		if (answer.isPresent() || policy.subprotocols().isEmpty()) {
			return answer.map((bad) -> new RejectedUpgrade(RejectionReason.HANDSHAKE, bad));
		}
		List<String> offered = snapshot.subprotocols();
		return (offered.isEmpty() || isBearer(snapshot)
				|| WebSocketHandshake.subprotocol(offered, policy.subprotocols()) != null) ? Optional.empty()
						: rejected(RejectionReason.SUBPROTOCOL, Upgrade.reject(HttpStatus.BAD_REQUEST.value(),
								"the subprotocols spoken here are " + String.join(", ", policy.subprotocols())));
	}

	/** Whether a token came as a subprotocol, which a browser expects to be answered. */
	private static boolean isBearer(RequestSnapshot request) {
		return request.subprotocols().contains(BEARER) && request.header(HttpHeaders.AUTHORIZATION)
			.filter((value) -> value.regionMatches(true, 0, "Bearer ", 0, 7))
			.isPresent();
	}

	/** The new protocol would begin with the body, and a proxy would not see it. */
	private static boolean hasBody(HttpRequest request, RequestSnapshot snapshot) {
		HttpHeaders headers = request.getHeaders();
		return !snapshot.isExtendedConnect()
				&& (headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING));
	}

	private static Optional<RejectedUpgrade> rejected(RejectionReason reason, Upgrade answer) {
		return Optional.of(new RejectedUpgrade(reason, answer));
	}

	private Optional<DeflateParameters> deflate(RequestSnapshot request, UpgradePolicy policy) {
		if (!policy.compression()) {
			return Optional.empty();
		}
		List<String> offered = request.headers().getOrDefault(ExtensionOffer.HEADER, List.of());
		return ExtensionOffer.parse(offered)
			.flatMap((offers) -> DeflateNegotiation.choose(offers, this.connections.compressionSettings()));
	}

	private static List<String> offeredProtocols(RequestSnapshot request) {
		return RequestedProtocol.offered(request.headers().getOrDefault(HttpHeaders.UPGRADE, List.of()));
	}

}
