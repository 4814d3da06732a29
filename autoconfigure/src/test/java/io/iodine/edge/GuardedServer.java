package io.iodine.edge;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/** A WebFlux server behind the guards, which remembers what was asked of it. */
final class GuardedServer implements AutoCloseable {

	private final List<String> served = Collections.synchronizedList(new ArrayList<>());

	private final DisposableServer server;

	private @Nullable Path file;

	GuardedServer(EdgeLimits limits) {
		this(limits, EdgeObserver.NONE, UnaryOperator.identity());
	}

	GuardedServer(EdgeLimits limits, EdgeObserver observer, UnaryOperator<HttpServer> settings) {
		RouterFunction<ServerResponse> routes = RouterFunctions.route(RequestPredicates.path("/echo"), this::echo)
			.andRoute(RequestPredicates.path("/ignore"), (request) -> ServerResponse.ok().bodyValue("ignored"))
			.andRoute(RequestPredicates.path("/empty"), (request) -> ServerResponse.noContent().build())
			.andRoute(RequestPredicates.path("/same"), (request) -> ServerResponse.status(304).build())
			.andRoute(RequestPredicates.path("/later"),
					(request) -> ServerResponse.ok().bodyValue("later").delayElement(Duration.ofMillis(1_500)))
			.andRoute(RequestPredicates.path("/late"),
					(request) -> ServerResponse.ok().bodyValue("late").delayElement(Duration.ofMillis(200)))
			.andRoute(RequestPredicates.path("/stream"),
					(request) -> ServerResponse.ok().body(Flux.just("one", "two"), String.class))
			.andRoute(RequestPredicates.path("/large"),
					(request) -> ServerResponse.ok()
						.contentType(MediaType.APPLICATION_OCTET_STREAM)
						.body(Flux.range(0, 64)
							.map((i) -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[1 << 20])),
								DataBuffer.class))
			.andRoute(RequestPredicates.path("/file"),
					(request) -> ServerResponse.ok()
						.bodyValue(new FileSystemResource(Objects.requireNonNull(this.file))))
			.andRoute((request) -> true,
					(request) -> ServerResponse.ok().header("X-Uri", request.uri().toString()).bodyValue("hello"));
		ReactorHttpHandlerAdapter adapter = new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(note(routes)));
		HttpServer plain = settings.apply(HttpServer.create().host("127.0.0.1").port(0));
		HttpEdge edge = new HttpEdge(limits, observer, new SocketLimiter(0, 0, () -> Long.MAX_VALUE));
		this.server = edge.guard(plain).http2Settings(edge::limit).handle(adapter).bindNow();
	}

	private RouterFunction<ServerResponse> note(RouterFunction<ServerResponse> routes) {
		return routes.filter((request, next) -> {
			this.served.add(request.method() + " " + request.path());
			return next.handle(request);
		});
	}

	private Mono<ServerResponse> echo(ServerRequest request) {
		return request.bodyToMono(String.class)
			.defaultIfEmpty("")
			.flatMap((body) -> ServerResponse.ok().bodyValue(body));
	}

	int port() {
		return this.server.port();
	}

	RawClient client() {
		return new RawClient(this.server.port());
	}

	/** Serves a file as /file. */
	GuardedServer with(Path file) {
		this.file = file;
		return this;
	}

	/** The requests that reached the application. */
	List<String> served() {
		return this.served;
	}

	/** The limits that apply unless something is set. */
	static EdgeLimits limits() {
		return limits(null, null, null, null);
	}

	/** Limits with short times, those not given being long. */
	static EdgeLimits limits(@Nullable Duration header, @Nullable Duration body, @Nullable Duration write,
			@Nullable Duration keepAlive) {
		Duration lasting = Duration.ofMinutes(10);
		return new EdgeLimits(8192, 8192, 32768, 128, 1 << 20, (header != null) ? header : lasting,
				(body != null) ? body : lasting, 240, (write != null) ? write : lasting,
				(keepAlive != null) ? keepAlive : lasting, 100, false);
	}

	@Override
	public void close() {
		this.server.disposeNow(Duration.ofSeconds(10));
	}

}
