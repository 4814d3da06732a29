package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Subscription;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of who is on a channel, in two processes that share a Redis. */
@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
@SuppressWarnings("try") // some peers need only be there
class RedisPresenceTests {

	private final RedisServer redis = RedisServer.start();

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@AfterEach
	void stop() {
		this.redis.close();
	}

	@Test
	void clientsOfBothProcessesAreThereUntilTheyGo() throws Exception {
		try (TestServer first = server("30s"); TestServer second = server("30s")) {
			second.pubSub()
				.presence("chat")
				.listen((channel, member, present) -> this.heard.add(member + " " + present));
			try (RawPeer ada = RawPeer.webSocket(first, first.serve(joining("Ada")))) {
				String joined = next();
				try (RawPeer grace = RawPeer.eventStream(second, second.serve(joining("Grace")));
						RawPeer same = RawPeer.webSocket(first, first.serve(joining("Grace")))) {
					String both = next();

					assertThat(joined).isEqualTo("Ada true");
					assertThat(both).isEqualTo("Grace true");
					awaitMembers(first, Set.of("Ada", "Grace"));
				}
				assertThat(next()).isEqualTo("Grace false");
			}
			assertThat(next()).isEqualTo("Ada false");
			awaitMembers(first, Set.of());
		}
		assertThat(this.redis.cli("KEYS", "*")).isEmpty();
	}

	@Test
	void theMembersOfAProcessThatIsGoneWithoutAWordAreGoneInTime() throws Exception {
		try (TestServer living = server("2s")) {
			living.pubSub()
				.presence("chat")
				.listen((channel, member, present) -> this.heard.add(member + " " + present));
			Process abandoned = JoiningProcess.start(this.redis.port(), "chat", "Ada", Duration.ofSeconds(2));
			String joined = next();
			Subscription grace = living.pubSub().presence("chat").join("Grace");
			String other = next();

			abandoned.destroyForcibly();
			assertThat(abandoned.waitFor(20, TimeUnit.SECONDS)).isTrue();
			long since = System.nanoTime();
			String left = next();

			assertThat(joined).isEqualTo("Ada true");
			assertThat(other).isEqualTo("Grace true");
			assertThat(left).isEqualTo("Ada false");
			assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(15));
			awaitMembers(living, Set.of("Grace"));
			RedisNode.awaitTrue("the entry is removed, though the channel has others",
					() -> this.redis.cli("ZCARD", "iodine:presence:{chat}").equals("1"));
			grace.close();
		}
	}

	@Test
	void membersBringTheirDataToOtherProcesses() {
		try (TestServer first = server("30s"); TestServer second = server("30s")) {
			first.pubSub().presence("chat").join("Ada", Map.of("color", "red"));
			awaitData(second, "red");
			Subscription newer = first.pubSub().presence("chat").join("Ada", Map.of("color", "blue"));

			awaitData(second, "blue");
			RedisNode.awaitTrue("the former is gone",
					() -> this.redis.cli("ZCARD", "iodine:presence:{chat}").equals("1"));
			newer.close();
		}
	}

	private static void awaitData(TestServer server, String data) {
		RedisNode.awaitTrue(data + " is seen",
				() -> server.pubSub()
					.presence("chat")
					.membersWithData()
					.toCompletableFuture()
					.join()
					.stream()
					.anyMatch((member) -> member.data().orElseThrow().asText().contains(data)));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void listeningBeforeRedisIsConnectedWarnsOfNothing(CapturedOutput output) throws Exception {
		this.redis.kill();
		try (TestServer server = server("30s")) {
			server.pubSub()
				.presence("chat")
				.listen((channel, member, present) -> this.heard.add(member + " " + present));
			server.pubSub().presence("chat").join("Ada");
			this.redis.restart();
			awaitMembers(server, Set.of("Ada"));
			assertThat(next()).isEqualTo("Ada true");
		}
		assertThat(output).doesNotContain("can't be read");
	}

	@Test
	void whoStaysIsThereLongerThanTheTimeToLive() throws Exception {
		try (TestServer first = server("2s"); TestServer second = server("2s")) {
			Subscription ada = first.pubSub().presence("chat").join("Ada");
			awaitMembers(second, Set.of("Ada"));
			long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();

			while (System.nanoTime() < deadline) {
				assertThat(members(second)).containsExactly("Ada");
			}

			ada.close();
			awaitMembers(second, Set.of());
		}
	}

	@Test
	void whileRedisIsAwayAskingFailsAndAfterwardsMembersAreBack() throws Exception {
		try (TestServer server = server("600ms")) {
			server.pubSub().presence("chat").join("Ada");
			awaitMembers(server, Set.of("Ada"));
			this.redis.kill();
			RedisNode.awaitTrue("asking fails",
					() -> server.pubSub()
						.presence("chat")
						.members()
						.handle((members, failure) -> failure != null)
						.toCompletableFuture()
						.join());

			this.redis.restart();

			awaitMembers(server, Set.of("Ada"));
		}
	}

	private TestServer server(String timeToLive) {
		return TestServer.start("iodine.redis.url=redis://127.0.0.1:" + this.redis.port(),
				"iodine.pubsub.presence.damping=200ms", "iodine.pubsub.presence.time-to-live=" + timeToLive);
	}

	private static ConnectionHandler joining(String member) {
		return new ConnectionHandler() {

			@Override
			public void onOpen(Connection client) {
				client.join("chat", member);
			}

		};
	}

	private String next() throws InterruptedException {
		return String.valueOf(this.heard.poll(20, TimeUnit.SECONDS));
	}

	private static Set<String> members(TestServer server) {
		return server.pubSub().presence("chat").members().toCompletableFuture().join();
	}

	private static void awaitMembers(TestServer server, Set<String> expected) {
		RedisNode.awaitTrue("members are " + expected,
				() -> server.pubSub()
					.presence("chat")
					.members()
					.handle((members, failure) -> expected.equals(members))
					.toCompletableFuture()
					.join());
	}

}
