package io.iodine.file;

import java.util.concurrent.CompletableFuture;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AttributeKey;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * The door that is right for every request: a route ahead of the application's. It looks
 * for the file off the event loop, and hands the request on when there is none.
 */
public final class FileRoute {

	private static final AttributeKey<HttpServerRequest> PASSED_ON = AttributeKey.valueOf("io.iodine.file.passed-on");

	private final StaticFiles files;

	/**
	 * A route to these files.
	 * @param files the files
	 */
	public FileRoute(StaticFiles files) {
		this.files = files;
	}

	/**
	 * Adds this route.
	 * @param routes the routes, to which the application's is added later
	 * @return the routes
	 */
	public HttpServerRoutes addTo(HttpServerRoutes routes) {
		return routes.route(this::concerns, (request, response) -> serve(routes, request, response));
	}

	private boolean concerns(HttpServerRequest request) {
		if (!FileCatalog.mayConcern(request.method(), request.requestHeaders())) {
			return false;
		}
		if (channel(request).attr(PASSED_ON).getAndSet(null) == request) {
			return false;
		}
		return this.files.catalog().mayHave(request.uri(), request.method(), request.requestHeaders());
	}

	private Publisher<Void> serve(HttpServerRoutes routes, HttpServerRequest request, HttpServerResponse response) {
		CompletableFuture<Lookup> lookup = this.files.catalog()
			.find(request.uri(), request.method(), request.requestHeaders());
		if (lookup.isDone()) {
			return answer(lookup, routes, request, response);
		}
		return Mono.fromFuture(lookup, true)
			.materialize()
			.publishOn(Schedulers.fromExecutor(channel(request).eventLoop()))
			.flatMap((signal) -> Mono.from(answer(lookup, routes, request, response)));
	}

	/** What to do when the look-up is complete, or has failed. */
	private Publisher<Void> answer(CompletableFuture<Lookup> lookup, HttpServerRoutes routes, HttpServerRequest request,
			HttpServerResponse response) {
		if (!lookup.isCompletedExceptionally() && isForApplication(lookup.join(), request.requestHeaders())) {
			channel(request).attr(PASSED_ON).set(request);
			return routes.apply(request, response);
		}
		HttpMethod method = request.method();
		HttpHeaders headers = request.requestHeaders().copy();
		ResponseBodyReplacer transmission = new ResponseBodyReplacer(this.files,
				(status, given) -> this.files.prepare(lookup, method, headers));
		return response
			.withConnection((connection) -> connection.addHandlerLast(ResponseBodyReplacer.NAME, transmission))
			.send();
	}

	private static boolean isForApplication(Lookup lookup, HttpHeaders request) {
		return lookup instanceof Lookup.Absent
				|| (lookup instanceof Lookup.Found found && found.preferredBy(request) == null);
	}

	private static Channel channel(HttpServerRequest request) {
		Channel[] channel = new Channel[1];
		request.withConnection((connection) -> channel[0] = connection.channel());
		return channel[0];
	}

}
