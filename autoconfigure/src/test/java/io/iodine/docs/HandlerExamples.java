package io.iodine.docs;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.UpgradeRequest;
import io.iodine.Upgrader;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The code of {@code docs/handlers.md}. */
final class HandlerExamples {

	private HandlerExamples() {
	}

	// tag::handler[]
	@UpgradeHandler("/rooms/{room}")
	static class Room implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("room:" + room(client));
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.publish("room:" + room(client), message);
		}

		private static String room(Connection client) {
			return client.request().flatMap((request) -> request.pathVariable("room")).orElseThrow();
		}

	}
	// end::handler[]

	// tag::upgrader[]
	@UpgradeHandler("/orders/{id}")
	static class Orders implements Upgrader {

		private final OrderRepository orders;

		Orders(OrderRepository orders) {
			this.orders = orders;
		}

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			String user = request.principal().orElseThrow().getName();
			String id = request.pathVariable("id").orElseThrow();
			if (!this.orders.belongsTo(id, user)) {
				return Upgrade.reject(403, "This order belongs to another user");
			}
			request.attributes().put("order", id);
			return Upgrade.accept(new OrderUpdates()).header("X-Order", id);
		}

	}
	// end::upgrader[]

	// tag::controller[]
	@Controller
	static class Pages {

		@GetMapping("/live/{topic}")
		Upgrade live(@PathVariable String topic, UpgradeRequest request) {
			return request.protocol().filter((protocol) -> protocol != Protocol.RAW).isPresent()
					? Upgrade.accept(new TopicUpdates(topic)) : Upgrade.reject(426);
		}

	}
	// end::controller[]

	// tag::route[]
	static RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route().GET("/ticker", (request) -> {
			request.attributes().put(Upgrade.ATTRIBUTE, Upgrade.accept(new TopicUpdates("ticker")));
			return ServerResponse.ok().build();
		}).build();
	}
	// end::route[]

	// tag::later[]
	static Upgrade whenTokenIsVerified(UpgradeRequest request, TokenService tokens) {
		return Upgrade.later(tokens.verify(request.header("Authorization").orElse(""))
			.thenApply((valid) -> valid ? Upgrade.accept(new TopicUpdates("news")) : Upgrade.reject(401)));
	}
	// end::later[]

	// tag::raw[]
	@UpgradeHandler(value = "/echo", protocols = Protocol.RAW)
	static class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}
	// end::raw[]

	// tag::login[]
	static class Login implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.write("Your name?");
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.attributes().put("name", message.asText());
			client.handler(new TopicUpdates("chat"));
		}

	}
	// end::login[]

	interface OrderRepository {

		boolean belongsTo(String order, String user);

	}

	interface TokenService {

		CompletableFuture<Boolean> verify(String header);

		default Mono<Boolean> verifyLater(String header) {
			return Mono.fromFuture(verify(header));
		}

	}

	static class OrderUpdates implements ConnectionHandler {

	}

	record TopicUpdates(String topic) implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe(this.topic);
			client.writeJson(Map.of("topic", this.topic));
		}

	}

}
