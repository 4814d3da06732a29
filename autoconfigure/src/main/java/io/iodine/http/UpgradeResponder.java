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
import io.iodine.connection.limit.RejectionReason;
import io.iodine.upgrade.AcceptedUpgrade;
import io.iodine.upgrade.Origins;
import io.iodine.upgrade.RejectedUpgrade;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradeNegotiator;
import io.iodine.upgrade.UpgradePolicy;
import io.netty.handler.codec.http.HttpVersion;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.util.context.ContextView;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;

/**
 * Carries out the decision on a request, from whichever source: checks what must hold
 * before an upgrade, arms the {@link Takeover}, and completes the exchange.
 */
final class UpgradeResponder {

	private static final MediaType PLAIN_TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private static final Upgrade UNDECIDED = Upgrade.reject(HttpStatus.SERVICE_UNAVAILABLE.value());

	private final Connections connections;

	private final UpgradeNegotiator negotiator;

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
		this.negotiator = new UpgradeNegotiator(connections);
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
				this.negotiator.undecided(this.timeout);
				return Mono.just(UNDECIDED);
			})
			.switchIfEmpty(Mono.error(UpgradeNegotiator::missingDecision))
			.flatMap(this::decided);
	}

	/** Whether pages of other origins may send cookies. */
	boolean allowsCredentials() {
		return this.credentials;
	}

	/**
	 * The negotiator by which this responder decides.
	 * @return the negotiator
	 */
	UpgradeNegotiator negotiator() {
		return this.negotiator;
	}

	/**
	 * Answers.
	 * @param exchange the exchange, whose response is not committed
	 * @param answer the answer
	 * @param policy the policy of the endpoint
	 * @return completes when the response is written, or the channel is another's
	 */
	Mono<Void> write(ServerWebExchange exchange, Upgrade answer, UpgradePolicy policy) {
		return decided(answer).flatMap((decision) -> {
			if (decision instanceof Upgrade.Accept accept) {
				return accept(exchange, accept, policy);
			}
			if (decision instanceof Upgrade.Reject reject) {
				if (reject != UNDECIDED) {
					this.connections.rejected(RejectionReason.APPLICATION);
				}
				// who has the answer may come again at once
				Optional.ofNullable(ExchangeSource.existing(exchange)).ifPresent(RequestSnapshot::releasePermit);
				return reject(exchange.getResponse(), reject);
			}
			return exchange.getResponse().setComplete();
		});
	}

	/**
	 * Answers a request that can't be upgraded.
	 * @param exchange the exchange, whose response is not committed
	 * @param rejected why, and with what
	 * @return completes when the response is written
	 */
	Mono<Void> reject(ServerWebExchange exchange, RejectedUpgrade rejected) {
		return Mono.defer(() -> {
			this.connections.rejected(rejected.reason());
			boolean comesBack = rejected.reason() == RejectionReason.DRAINING
					&& Optional.ofNullable(ExchangeSource.existing(exchange))
						.flatMap(RequestSnapshot::protocol)
						.orElse(null) == Protocol.SSE;
			return comesBack ? endAtOnce(exchange) : reject(exchange.getResponse(), rejected.answer());
		});
	}

	/**
	 * Ends an event stream as soon as it begins. At any status but 200 a browser would
	 * give up for good, while here it comes back, and finds another server.
	 */
	private Mono<Void> endAtOnce(ServerWebExchange exchange) {
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

	private Mono<Void> accept(ServerWebExchange exchange, Upgrade.Accept accept, UpgradePolicy policy) {
		ServerHttpResponse response = exchange.getResponse();
		RequestSnapshot request = ExchangeSource.existing(exchange);
		HttpStatusCode status = response.getStatusCode();
		if (request == null || !UpgradeNegotiator.suits(request, accept)
				|| (status != null && status.value() >= HttpStatus.MULTIPLE_CHOICES.value())) {
			return response.setComplete();
		}
		Optional<RejectedUpgrade> rejection = this.negotiator.rejection(exchange.getRequest(), request, policy)
			.or(() -> UpgradeNegotiator.mistake(request, accept));
		if (rejection.isPresent()) {
			return reject(exchange, rejection.get());
		}
		addHeaders(response, accept.headers());
		if (request.protocol().get() == Protocol.SSE) {
			Origins.admit(exchange.getRequest(), response.getHeaders(), this.credentials);
			if (HttpMethod.HEAD.equals(exchange.getRequest().getMethod())) {
				return head(response);
			}
		}
		return Mono.deferContextual((context) -> arm(exchange, request, accept, policy, context));
	}

	/** The head of an event stream, without the stream (RFC 9110, section 9.3.2). */
	private static Mono<Void> head(ServerHttpResponse response) {
		HttpHeaders headers = response.getHeaders();
		headers.setContentType(MediaType.TEXT_EVENT_STREAM);
		if (!headers.containsHeader(HttpHeaders.CACHE_CONTROL)) {
			headers.setCacheControl(CacheControl.noCache());
		}
		headers.set("X-Accel-Buffering", "no");
		return response.setComplete();
	}

	private Mono<Void> arm(ServerWebExchange exchange, RequestSnapshot request, Upgrade.Accept accept,
			UpgradePolicy policy, ContextView context) {
		CallbackScope scope = this.scopes.apply(context);
		HttpServerResponse nativeResponse = nativeResponse(exchange.getResponse());
		HttpServerRequest nativeRequest = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
		AcceptedUpgrade accepted = this.negotiator.accept(request, accept, policy, scope);
		boolean persistent = nativeRequest.version().compareTo(HttpVersion.HTTP_1_1) >= 0;
		return Mono.<Connection>create((sink) -> nativeResponse.withConnection(sink::success))
			.flatMap((connection) -> Takeover.arm(connection.channel(), this.connections, accepted.handshake(),
					accepted.token(), persistent))
			.flatMap((armed) -> {
				if (armed && isSwitching(request)) {
					// what observations and filters see; the take-over writes its own
					exchange.getResponse().setStatusCode(HttpStatus.SWITCHING_PROTOCOLS);
				}
				return exchange.getResponse().setComplete();
			});
	}

	/** Event streams and streams of HTTP/2 are answered with 200. */
	private static boolean isSwitching(RequestSnapshot request) {
		return request.protocol().orElse(null) != Protocol.SSE && !request.isExtendedConnect();
	}

	private static HttpServerResponse nativeResponse(ServerHttpResponse response) {
		Object nativeResponse = ServerHttpResponseDecorator.getNativeResponse(response);
		if (nativeResponse instanceof HttpServerResponse reactorNetty) {
			return reactorNetty;
		}
		throw new IllegalStateException("upgrades need a server of Reactor Netty, but the response is a "
				+ nativeResponse.getClass().getName());
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

}
