package io.iodine.samples.orders;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.iodine.test.IodineTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the application on two nodes that share Redis and the database. */
class OrdersTests {

	private static Process redis;

	private static Node first;

	private static Node second;

	@BeforeAll
	static void start() throws Exception {
		int port = freePort();
		redis = new ProcessBuilder("redis-server", "--port", Integer.toString(port), "--save", "", "--bind",
				"127.0.0.1")
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		first = Node.start(port);
		second = Node.start(port);
	}

	@AfterAll
	static void stop() throws Exception {
		first.context.close();
		second.context.close();
		redis.destroy();
		assertThat(redis.waitFor(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void strangersDoNotComeIn() {
		assertThat(IodineTestClient.at(first.port).header("Accept", "*/*").expectRejected("/desk")).isIn(302, 401);
	}

	@Test
	void anOrderIsAcknowledgedAndSeenOnTheOtherNode() throws Exception {
		try (IodineTestClient ann = first.open("ann"); IodineTestClient bob = second.open("bob")) {
			bob.request("iodine.subscribe", "{\"channel\":\"orders\"}");

			Map<?, ?> placed = data(ann.request("order.place", "{\"item\":\"tea\",\"quantity\":2}"));

			assertThat(placed.get("customer")).isEqualTo("ann");
			Map<?, ?> seen = bob.expectJson(Map.class);
			assertThat(seen.get("channel")).isEqualTo("orders");
			assertThat(data(seen)).isEqualTo(placed);
		}
	}

	@Test
	void onlyClerksCancel() throws Exception {
		try (IodineTestClient ann = first.open("ann"); IodineTestClient bob = second.open("bob")) {
			Object id = Objects
				.requireNonNull(data(ann.request("order.place", "{\"item\":\"tea\",\"quantity\":1}")).get("id"));

			assertThat(ann.request("order.cancel", id.toString()).get("error"))
				.isEqualTo(Map.of("status", 403, "title", "Forbidden"));
			assertThat(data(bob.request("order.cancel", id.toString())).get("status")).isEqualTo("CANCELLED");
		}
	}

	@Test
	void whatWasMissedComesAfterAReconnectionToTheOtherNode() throws Exception {
		String position;
		try (IodineTestClient ann = first.open("ann")) {
			position = (String) data(ann.request("iodine.subscribe", "{\"channel\":\"orders\"}")).get("position");
			ann.request("order.place", "{\"item\":\"milk\",\"quantity\":3}");
		}

		try (IodineTestClient again = second.open("ann")) {
			Map<?, ?> outcome = data(
					again.request("iodine.subscribe", "{\"channel\":\"orders\",\"since\":\"" + position + "\"}"));
			assertThat(outcome.get("recovered")).isEqualTo(true);
			assertThat(data(again.expectJson(Map.class)).get("item")).isEqualTo("milk");
		}
	}

	@Test
	void whoIsAtTheDeskIsSeenOnBothNodes() throws Exception {
		try (IodineTestClient ann = first.open("ann")) {
			ann.request("iodine.presence", "{\"channel\":\"desk\"}");
			try (IodineTestClient bob = second.open("bob")) {
				bob.request("order.list", "null");
				String event = ann.expectText();
				while (!event.contains("\"joined\":{\"name\":\"bob\"")) {
					event = ann.expectText();
				}
			}
		}
	}

	@Test
	void aLogoutOnOneNodeClosesTheConnectionsThere() throws Exception {
		String cookie = first.login("ann");
		try (IodineTestClient ann = first.openWith(cookie)) {
			ann.request("order.list", "null");

			first.post("/logout", "", cookie);

			ann.expectClosed(4401, "session ended");
		}
	}

	private static Map<?, ?> data(Map<?, ?> reply) {
		assertThat(reply.get("data")).as("%s", reply).isInstanceOf(Map.class);
		return (Map<?, ?>) Objects.requireNonNull(reply.get("data"));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	/**
	 * A process of the application.
	 *
	 * @param context its context
	 * @param port its port
	 */
	private record Node(ConfigurableApplicationContext context, int port) {

		static Node start(int redis) {
			ConfigurableApplicationContext context = new SpringApplicationBuilder(OrdersApplication.class)
				.run("--server.port=0", "--iodine.redis.url=redis://127.0.0.1:" + redis);
			return new Node(context, context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
		}

		IodineTestClient open(String user) throws IOException, InterruptedException {
			return openWith(login(user));
		}

		IodineTestClient openWith(String cookie) {
			return IodineTestClient.at(this.port).header("Cookie", cookie).open("/desk");
		}

		String login(String user) throws IOException, InterruptedException {
			String cookie = post("/login", "username=" + user + "&password=" + user, "none=none").headers()
				.firstValue("Set-Cookie")
				.orElseThrow();
			return cookie.substring(0, cookie.indexOf(';'));
		}

		HttpResponse<Void> post(String path, String body, String cookie) throws IOException, InterruptedException {
			HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
				.header("Content-Type", "application/x-www-form-urlencoded")
				.header("Cookie", cookie)
				.POST(HttpRequest.BodyPublishers.ofString(body))
				.build();
			return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
		}

	}

}
