package io.iodine.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.connection.CallbackScope;
import io.iodine.connection.Connections;
import io.iodine.connection.DeflateParameters;
import io.iodine.connection.Handshake;
import io.iodine.connection.RejectionReason;
import io.netty.handler.codec.http.HttpVersion;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.util.context.ContextView;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.StringUtils;
import org.springframework.web.server.ServerWebExchange;

/**
 * Carries out the answer to a request, whoever gave it: checks what must hold before an
 * upgrade, arms the {@link Takeover}, and completes the exchange.
 */
final class UpgradeResponder {

	private static final Log logger = LogFactory.getLog(UpgradeResponder.class);

	private static final MediaType PLAIN_TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private static final int MAX_LOGGED = 200;

	private static final Upgrade UNDECIDED = Upgrade.reject(HttpStatus.SERVICE_UNAVAILABLE.value());

	private final Connections connections;

	private final Duration timeout;

	private final boolean credentials;

	private final Function<ContextView, CallbackScope> scopes;

	/**
	 * Creates the writer.
	 * @param connections where connections begin
	 * @param timeout bounds the wait for {@link Upgrade#later}
	 * @param credentials whether pages of other origins may send cookies for event
	 * streams
	 * @param scopes captures what surrounds the callbacks
	 */
	UpgradeResponder(Connections connections, Duration timeout, boolean credentials,
			Function<ContextView, CallbackScope> scopes) {
		this.connections = connections;
		this.timeout = timeout;
		this.credentials = credentials;
		this.scopes = scopes;
	}

	/**
	 * Waits for an answer that comes later, within the time it has.
	 * @param answer the answer
	 * @return an answer that is there
	 */
	Mono<Upgrade> decided(Upgrade answer) {
		if (!(answer instanceof Upgrade.Later later)) {
			return Mono.just(answer);
		}
		return Mono.<Upgrade>fromCompletionStage(later.decision())
			.timeout(this.timeout)
			.onErrorResume(TimeoutException.class, (late) -> {
				logger.warn("An upgrade was not decided within " + this.timeout.toMillis()
						+ " ms (iodine.upgrade-timeout) and is refused");
				this.connections.refused(RejectionReason.UNDECIDED);
				return Mono.just(UNDECIDED);
			})
			.flatMap(this::decided);
	}

	/**
	 * Answers.
	 * @param exchange the exchange, whose response is not committed
	 * @param answer the answer
	 * @param terms on what terms requests are accepted here
	 * @return completes when the response is written, or the channel is another's
	 */
	Mono<Void> write(ServerWebExchange exchange, Upgrade answer, UpgradePolicy terms) {
		return decided(answer).flatMap((decision) -> {
			if (decision instanceof Upgrade.Accept accept) {
				return accept(exchange, accept, terms);
			}
			if (decision instanceof Upgrade.Reject reject) {
				if (reject != UNDECIDED) {
					this.connections.refused(RejectionReason.APPLICATION);
				}
				// who has the answer may come again at once
				Optional.ofNullable(RequestSnapshot.of(exchange)).ifPresent(RequestSnapshot::releasePermit);
				return reject(exchange.getResponse(), reject);
			}
			return exchange.getResponse().setComplete();
		});
	}

	/**
	 * Answers a request that can't be upgraded.
	 * @param exchange the exchange, whose response is not committed
	 * @param refused why, and with what
	 * @return completes when the response is written
	 */
	Mono<Void> refuse(ServerWebExchange exchange, RejectedUpgrade refused) {
		return Mono.defer(() -> {
			this.connections.refused(refused.reason());
			boolean comesBack = refused.reason() == RejectionReason.DRAINING
					&& RequestedProtocol.of(exchange.getRequest()) == Protocol.SSE;
			return comesBack ? sendAway(exchange) : reject(exchange.getResponse(), refused.answer());
		});
	}

	/**
	 * Ends an event stream as soon as it begins. At any status but 200 a browser would
	 * give up for good, while here it comes back, and finds another server.
	 */
	private Mono<Void> sendAway(ServerWebExchange exchange) {
		ServerHttpResponse response = exchange.getResponse();
		HttpHeaders headers = response.getHeaders();
		Origins.admit(exchange.getRequest(), headers, this.credentials);
		int retry = this.connections.retryMillis();
		byte[] body = ((retry > 0) ? "retry: " + retry + "\n\n" : "").getBytes(StandardCharsets.US_ASCII);
		headers.setContentType(MediaType.TEXT_EVENT_STREAM);
		headers.setCacheControl(CacheControl.noStore());
		headers.setContentLength(body.length);
		// or else it would come back on this very connection; HTTP/2 leaves it out
		headers.setConnection("close");
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
	}

	/**
	 * Finds why a request can't be accepted, whatever its handler says.
	 * @param request the request
	 * @param snapshot the same for handlers
	 * @param terms the terms
	 * @return the refusal
	 */
	Optional<RejectedUpgrade> refusal(ServerHttpRequest request, RequestSnapshot snapshot, UpgradePolicy terms) {
		return defect(request, snapshot, terms)
			.or(() -> snapshot.acquirePermit(this.connections.gate()).map(UpgradeResponder::tooMany));
	}

	private static RejectedUpgrade tooMany(RejectionReason reason) {
		HttpStatus status = (reason == RejectionReason.TOTAL) ? HttpStatus.SERVICE_UNAVAILABLE
				: HttpStatus.TOO_MANY_REQUESTS;
		String seconds = (reason == RejectionReason.RATE) ? "1" : "10";
		return new RejectedUpgrade(reason, Upgrade.reject(status.value()).header(HttpHeaders.RETRY_AFTER, seconds));
	}

	private Optional<RejectedUpgrade> defect(ServerHttpRequest request, RequestSnapshot snapshot, UpgradePolicy terms) {
		if (!Origins.allows(request, terms.allowedOrigins())) {
			logger.warn("Refused an upgrade of " + printable(request.getPath().value()) + " from origin "
					+ printable(request.getHeaders().getFirst(HttpHeaders.ORIGIN))
					+ "; to allow it, set iodine.allowed-origins or the allowedOrigins of its @UpgradeHandler,"
					+ " or behind a proxy server.forward-headers-strategy");
			return refused(RejectionReason.ORIGIN,
					Upgrade.reject(HttpStatus.FORBIDDEN.value(), "this origin may not connect"));
		}
		if (this.connections.isDraining()) {
			return refused(RejectionReason.DRAINING,
					Upgrade.reject(HttpStatus.SERVICE_UNAVAILABLE.value()).header("Retry-After", "1"));
		}
		Protocol protocol = snapshot.protocol().orElse(null);
		if (protocol != Protocol.SSE && hasBody(request)) {
			return refused(RejectionReason.HANDSHAKE,
					Upgrade.reject(HttpStatus.BAD_REQUEST.value(), "a request with a body is not upgraded"));
		}
		if (protocol != Protocol.WEBSOCKET) {
			return Optional.empty();
		}
		Optional<Upgrade> refusal = WebSocketHandshake.refusal(request,
				this.connections.compressionSettings().enabled());
		if (refusal.isPresent() || terms.subprotocols().isEmpty()) {
			return refusal.map((answer) -> new RejectedUpgrade(RejectionReason.HANDSHAKE, answer));
		}
		List<String> offered = snapshot.subprotocols();
		return (offered.isEmpty() || WebSocketHandshake.subprotocol(offered, terms.subprotocols()) != null)
				? Optional.empty() : refused(RejectionReason.SUBPROTOCOL, Upgrade.reject(HttpStatus.BAD_REQUEST.value(),
						"the subprotocols spoken here are " + String.join(", ", terms.subprotocols())));
	}

	// Who takes over would read it as the new protocol, and whoever stands in front would
	// not.
	private static boolean hasBody(ServerHttpRequest request) {
		HttpHeaders headers = request.getHeaders();
		return !ExtendedConnect.made(request)
				&& (headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING));
	}

	private static Optional<RejectedUpgrade> refused(RejectionReason reason, Upgrade answer) {
		return Optional.of(new RejectedUpgrade(reason, answer));
	}

	private Mono<Void> accept(ServerWebExchange exchange, Upgrade.Accept accept, UpgradePolicy terms) {
		ServerHttpResponse response = exchange.getResponse();
		RequestSnapshot request = RequestSnapshot.of(exchange);
		HttpStatusCode status = response.getStatusCode();
		if (request == null || !suits(request, accept)
				|| (status != null && status.value() >= HttpStatus.MULTIPLE_CHOICES.value())) {
			return response.setComplete();
		}
		Optional<RejectedUpgrade> refusal = refusal(exchange.getRequest(), request, terms);
		if (refusal.isPresent()) {
			return refuse(exchange, refusal.get());
		}
		List<String> offered = request.subprotocols();
		String chosen = accept.chosenSubprotocol()
			.orElseGet(() -> WebSocketHandshake.subprotocol(offered, terms.subprotocols()));
		if (accept.chosenSubprotocol().isPresent() && !offered.contains(chosen)) {
			logger.error("An upgrade of " + request.path() + " chose the subprotocol '" + chosen
					+ "', but the client offered " + printable(offered.toString()));
			return reject(response, new Upgrade.Reject(HttpStatus.INTERNAL_SERVER_ERROR.value(), "", List.of()));
		}
		addHeaders(response, accept.headers());
		if (request.protocol().get() == Protocol.SSE) {
			Origins.admit(exchange.getRequest(), response.getHeaders(), this.credentials);
		}
		return Mono.deferContextual((context) -> arm(exchange, request, accept, terms, chosen, context));
	}

	private Mono<Void> arm(ServerWebExchange exchange, RequestSnapshot request, Upgrade.Accept accept,
			UpgradePolicy terms, @Nullable String subprotocol, ContextView context) {
		Protocol protocol = request.protocol().orElseThrow();
		CallbackScope scope = this.scopes.apply(context);
		HttpServerRequest nativeRequest = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
		HttpServerResponse nativeResponse = nativeResponse(exchange.getResponse());
		String token = switch (protocol) {
			case WEBSOCKET -> WebSocketHandshake.accept(request.header(WebSocketHandshake.KEY).orElseThrow());
			case RAW -> accept.rawProtocol().orElseGet(() -> offeredProtocol(request));
			case SSE -> "";
		};
		request.letGo();
		Handshake handshake = new Handshake(protocol, Optional.ofNullable(subprotocol), Optional.of(request),
				accept.handler(), terms.nonBlocking(), terms.overflow(), scope, deflate(request), terms.pings(),
				request.permit());
		boolean persistent = nativeRequest.version().compareTo(HttpVersion.HTTP_1_1) >= 0;
		return Mono.<Connection>create((sink) -> nativeResponse.withConnection(sink::success))
			.flatMap((connection) -> Takeover.arm(connection.channel(), this.connections, handshake, token, persistent))
			.then(Mono.defer(exchange.getResponse()::setComplete));
	}

	private Optional<DeflateParameters> deflate(RequestSnapshot request) {
		List<String> offered = request.headers().getOrDefault(ExtensionOffer.HEADER, List.of());
		return ExtensionOffer.parse(offered)
			.flatMap((offers) -> DeflateNegotiation.choose(offers, this.connections.compressionSettings()));
	}

	private static HttpServerResponse nativeResponse(ServerHttpResponse response) {
		Object nativeResponse = ServerHttpResponseDecorator.getNativeResponse(response);
		if (nativeResponse instanceof HttpServerResponse reactorNetty) {
			return reactorNetty;
		}
		throw new IllegalStateException("upgrades need a server of Reactor Netty, but the response is a "
				+ nativeResponse.getClass().getName());
	}

	/** Whether the request can become what the answer says. */
	private static boolean suits(RequestSnapshot request, Upgrade.Accept accept) {
		if (request.protocol().isEmpty()) {
			return false;
		}
		return accept.rawProtocol()
			.map((protocol) -> request.protocol().get() == Protocol.RAW
					&& offeredProtocols(request).stream().anyMatch(protocol::equalsIgnoreCase))
			.orElse(true);
	}

	private static String offeredProtocol(RequestSnapshot request) {
		return offeredProtocols(request).get(0);
	}

	private static List<String> offeredProtocols(RequestSnapshot request) {
		String offered = String.join(",", request.headers().getOrDefault(HttpHeaders.UPGRADE, List.of()));
		return List.of(StringUtils.tokenizeToStringArray(offered, ","));
	}

	private static Mono<Void> reject(ServerHttpResponse response, Upgrade.Reject reject) {
		response.setRawStatusCode(reject.status());
		addHeaders(response, reject.headers());
		if (reject.body().isEmpty()) {
			return response.setComplete();
		}
		byte[] body = reject.body().getBytes(StandardCharsets.UTF_8);
		response.getHeaders().setContentType(PLAIN_TEXT);
		response.getHeaders().setContentLength(body.length);
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
	}

	private static void addHeaders(ServerHttpResponse response, List<Upgrade.Header> headers) {
		headers.forEach((header) -> response.getHeaders().add(header.name(), header.value()));
	}

	/** A peer's words, made fit for a line of a log. */
	private static String printable(@Nullable String words) {
		String line = String.valueOf(words).replaceAll("\\p{Cntrl}", "?");
		return (line.length() <= MAX_LOGGED) ? line : line.substring(0, MAX_LOGGED) + "...";
	}

}
