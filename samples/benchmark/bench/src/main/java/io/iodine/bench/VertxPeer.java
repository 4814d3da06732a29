package io.iodine.bench;

import java.util.LinkedHashSet;
import java.util.Set;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;

/**
 * The endpoints of the benchmark sample with Vert.x: one event loop, whose subscribers
 * are in a set.
 */
final class VertxPeer {

	private final Set<ServerWebSocket> subscribers = new LinkedHashSet<>();

	private final Set<HttpServerResponse> followers = new LinkedHashSet<>();

	private VertxPeer() {
	}

	static void start(int port) {
		Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
		VertxPeer peer = new VertxPeer();
		vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port).setTcpNoDelay(true))
			.webSocketHandler(peer::open)
			.requestHandler((request) -> {
				if (request.path().equals("/sse")) {
					peer.follow(request.response());
				}
				else {
					request.response().putHeader("Content-Type", "text/plain").end("Hello World!");
				}
			})
			.listen()
			.toCompletionStage()
			.toCompletableFuture()
			.join();
	}

	private void open(ServerWebSocket socket) {
		switch (socket.path()) {
			case "/sub" -> {
				this.subscribers.add(socket);
				socket.closeHandler((closed) -> this.subscribers.remove(socket));
			}
			case "/pub" -> socket.frameHandler(this::publish);
			default -> socket.frameHandler(socket::writeFrame);
		}
	}

	private void publish(WebSocketFrame message) {
		if (!message.isText() && !message.isBinary()) {
			return;
		}
		for (ServerWebSocket subscriber : this.subscribers) {
			subscriber.writeFrame(message.isText() ? WebSocketFrame.textFrame(message.textData(), true)
					: WebSocketFrame.binaryFrame(message.binaryData(), true));
		}
		if (!this.followers.isEmpty()) {
			Buffer event = Buffer.buffer("data:").appendBuffer(message.binaryData()).appendString("\n\n");
			this.followers.forEach((follower) -> follower.write(event));
		}
	}

	private void follow(HttpServerResponse response) {
		response.setChunked(true).putHeader("Content-Type", "text/event-stream");
		this.followers.add(response);
		response.exceptionHandler((failure) -> this.followers.remove(response));
		response.closeHandler((closed) -> this.followers.remove(response));
		response.writeHead();
	}

}
