package io.iodine.test;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.PubSub;
import io.iodine.test.SliceComponents.Echo;
import io.iodine.test.SliceComponents.Flood;
import io.iodine.test.SliceComponents.Order;
import io.iodine.test.SliceComponents.Orders;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests of the slice for handlers, and of the clients for tests. */
@IodineTest(properties = { "iodine.pubsub.engine=redis", "spring.main.web-application-type=reactive",
		"iodine.send-queue.max-messages=8", "iodine.send-queue.max-size=64KB", "iodine.close-timeout=1s",
		"spring.autoconfigure.exclude="
				+ "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration,"
				+ "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
class IodineTestTests {

	@LocalServerPort
	private int port;

	@Test
	void onlyHandlersOfTheApplicationAreThere(@Autowired ApplicationContext context) {
		assertThat(context.getBeansOfType(Echo.class)).hasSize(1);
		assertThat(context.getBeansOfType(Orders.class)).isEmpty();
	}

	@Test
	void pubSubStaysWithinTheProcess(@Autowired PubSub pubSub) {
		assertThat(pubSub.defaultEngine()).isSameAs(pubSub.localEngine());
		try (IodineTestClient client = IodineTestClient.at(this.port).open("/echo")) {
			client.expectText("hello");
			pubSub.publish("news", "{\"a\": 1, \"b\": [2]}");

			client.expectJson("{\"b\":[2],\"a\":1}");
		}
	}

	@Test
	void aClientSendsAndExpects() {
		try (IodineTestClient client = IodineTestClient.at(this.port).open("/echo")) {
			client.expectText("hello");
			client.send("{\"item\":\"tea\",\"quantity\":2}");
			assertThat(client.expectJson(Order.class)).isEqualTo(new Order("tea", 2));
			client.send(new byte[] { 1, 2 });
			assertThat(client.expectMessage().asBytes()).containsExactly(1, 2);
			client.send("leave");
			client.expectClosed(1008, "as you wish");
		}
	}

	@Test
	void anAcknowledgementIsWaitedFor() {
		try (IodineTestClient client = IodineTestClient.at(this.port).open("/typed")) {
			client.expectText("welcome");

			assertThat(client.request("order", "{\"item\":\"tea\",\"quantity\":2}").get("data")).isEqualTo("2 tea");
			assertThat(client.request("unknown", "1").get("error")).asInstanceOf(InstanceOfAssertFactories.MAP)
				.containsEntry("status", 400);
		}
	}

	@Test
	void whatWasNotExpectedFails() {
		try (IodineTestClient client = IodineTestClient.at(this.port).timeout(Duration.ofSeconds(5)).open("/echo")) {
			client.expectText("hello");
			client.send("other");

			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> client.expectClosed(1000))
				.withMessageContaining("<other>");
		}
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> IodineTestClient.at(this.port).open("/nowhere"))
			.withMessageContaining("404");
		assertThat(IodineTestClient.at(this.port).expectRejected("/nowhere")).isEqualTo(404);
	}

	@Test
	void aClientThatReadsNothingMeetsTheOverflowPolicy() throws Exception {
		try (StalledTestClient client = IodineTestClient.at(this.port).openStalled("/flood")) {
			Connection flooded = Flood.OPENED.poll(30, TimeUnit.SECONDS);
			assertThat(flooded).isNotNull();
			for (int i = 0; i < 10_000 && flooded.isOpen(); i++) {
				flooded.write("x".repeat(10_000));
			}

			assertThat(flooded.isOpen()).isFalse();
			assertThat(flooded.closeReason().orElseThrow().code()).isEqualTo(1013);
			assertThat(client.readToEnd()).isPositive();
		}
	}

	@Test
	void timePassesWithoutWaiting() {
		TestConnection client = TestConnection.open(new ConnectionHandler() {

			@Override
			public void onOpen(Connection opened) {
				opened.timeout(Duration.ofSeconds(40));
				opened.closeAt(Instant.now().plusSeconds(600), 4401, "credentials expired");
			}

		});

		client.advance(Duration.ofMinutes(5));
		assertThat(client.isOpen()).isTrue();
		assertThat(client.pings()).isEqualTo(7);
		client.advance(Duration.ofMinutes(6));

		assertThat(client.closeReason().orElseThrow().code()).isEqualTo(4401);
	}

}
