package io.iodine.connection;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Connection;
import io.iodine.Subscription;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of connections that follow the presence of a channel. */
class FollowPresenceTests {

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	@AutoClose
	private static TestServer server;

	private final String channel = "followed" + NUMBERS.incrementAndGet();

	private final Recorder handler = new Recorder();

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.pubsub.presence.damping=0", "iodine.connections.max-subscriptions=2");
	}

	@Test
	void aWebSocketGetsTheMembersThenEachChange() {
		Subscription ada = server.pubSub().presence(this.channel).join("Ada", Map.of("color", "red"));
		try (WebSocketPeer peer = connect()) {
			assertThat(this.handler.client().followPresence(this.channel)).isTrue();

			assertThat(peer.next()).isEqualTo(event("{\"joined\":{\"name\":\"Ada\",\"data\":{\"color\":\"red\"}}}"));
			Subscription grace = server.pubSub().presence(this.channel).join("Grace");
			assertThat(peer.next()).isEqualTo(event("{\"joined\":{\"name\":\"Grace\"}}"));
			ada.close();
			assertThat(peer.next()).isEqualTo(event("{\"left\":{\"name\":\"Ada\"}}"));
			grace.close();
		}
	}

	@Test
	void afterUnfollowingNothingIsWritten() {
		try (WebSocketPeer peer = connect()) {
			Connection client = this.handler.client();
			client.followPresence(this.channel);

			assertThat(client.unfollowPresence(this.channel)).isTrue();
			assertThat(client.unfollowPresence(this.channel)).isFalse();
			Subscription ada = server.pubSub().presence(this.channel).join("Ada");
			await().until(() -> members().equals(Set.of("Ada")));
			client.write("the end");
			assertThat(peer.next()).isEqualTo("text the end");
			ada.close();
		}
	}

	@Test
	void followingCountsAsASubscription() {
		try (WebSocketPeer peer = connect()) {
			Connection client = this.handler.client();

			assertThat(List.of(client.followPresence(this.channel), client.followPresence(this.channel),
					client.subscribe(this.channel), client.followPresence("another"), client.subscribe("another")))
				.containsExactly(true, true, true, false, false);
			client.unfollowPresence(this.channel);
			assertThat(client.subscribe("another")).isTrue();
			client.write("the end");
			assertThat(peer.next()).isEqualTo("text the end");
		}
	}

	@Test
	void aClosedConnectionFollowsNothing() {
		WebSocketPeer peer = connect();
		Connection client = this.handler.client();
		client.followPresence(this.channel);
		peer.close();
		await().until(() -> !client.isOpen());

		assertThat(client.followPresence(this.channel)).isFalse();
		assertThat(client.unfollowPresence(this.channel)).isFalse();
	}

	private Set<String> members() {
		return server.pubSub().presence(this.channel).members().toCompletableFuture().join();
	}

	private String event(String data) {
		return "text {\"event\":\"iodine.presence\",\"channel\":\"" + this.channel + "\",\"data\":" + data + "}";
	}

	private WebSocketPeer connect() {
		return WebSocketPeer.connect(server, server.serve(this.handler));
	}

}
