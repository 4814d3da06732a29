package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.iodine.Message;
import io.iodine.PresenceMember;
import io.iodine.RedisCommands;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests for {@link RedisPresence}, with two processes over one Redis. */
@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
class RedisPresenceStoreTests {

	private static final String KEY = "some:iodine:presence:{chat}";

	private static final PresenceMember ADA = new PresenceMember("Ada", Optional.empty());

	private static final PresenceMember GRACE = new PresenceMember("Grace", Optional.of(Message.text("{}")));

	private static RedisServer redis;

	private static RedisNode node;

	private RedisPresence brief;

	private RedisPresence lasting;

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
		node = RedisNode.at(redis.port());
		node.awaitUp();
	}

	@AfterAll
	static void stop() {
		node.close();
		redis.close();
	}

	@BeforeEach
	void clear() {
		redis.cli("FLUSHALL");
		this.brief = new RedisPresence(node.engine.commands(), "some:", Duration.ofMillis(1_500));
		this.lasting = new RedisPresence(node.engine.commands(), "some:", Duration.ofSeconds(30));
	}

	@Test
	void membersOfAllProcessesAreThereOnce() {
		PresenceMember plain = new PresenceMember("Grace", Optional.empty());

		refresh(this.lasting, ADA, plain);
		refresh(new RedisPresence(node.engine.commands(), "some:", Duration.ofSeconds(60)), ADA, GRACE);
		refresh(new RedisPresence(node.engine.commands(), "some:", Duration.ofSeconds(90)), plain);

		assertThat(members()).containsExactlyInAnyOrder(ADA, GRACE);
	}

	@Test
	void aMemberWhoLeavesOneProcessIsThereInTheOther() {
		refresh(this.brief, ADA);
		refresh(this.lasting, ADA, GRACE);

		this.lasting.remove("chat", List.of(GRACE)).toCompletableFuture().join();
		assertThat(members()).containsExactly(ADA);
		this.brief.remove("chat", List.of(ADA)).toCompletableFuture().join();
		assertThat(members()).containsExactly(ADA);
		this.lasting.remove("chat", List.of(ADA)).toCompletableFuture().join();

		assertThat(members()).isEmpty();
		assertThat(redis.cli("EXISTS", KEY)).isEqualTo("0");
	}

	@Test
	void aMemberWhoseProcessNoLongerRefreshesIsNotThereAndItsEntryIsRemoved() {
		refresh(this.brief, ADA);
		refresh(this.lasting, GRACE);
		assertThat(redis.cli("ZCARD", KEY)).isEqualTo("2");

		RedisNode.awaitTrue("Ada is no longer there", () -> members().equals(List.of(GRACE)));
		refresh(this.lasting, GRACE);

		assertThat(redis.cli("ZCARD", KEY)).isEqualTo("1");
		assertThat(members()).containsExactly(GRACE);
	}

	@Test
	void aMemberWhoIsRefreshedStays() {
		refresh(this.lasting, ADA);
		long first = Long.parseLong(score());

		RedisNode.awaitTrue("its time is extended", () -> {
			refresh(this.lasting, ADA);
			return Long.parseLong(score()) > first + 200;
		});

		assertThat(members()).containsExactly(ADA);
	}

	@Test
	void theKeyOfAChannelThatNoProcessRefreshesExpires() {
		refresh(this.lasting, ADA);
		assertThat(Long.parseLong(redis.cli("PTTL", KEY))).isBetween(20_000L, 30_000L);
		redis.cli("DEL", KEY);

		refresh(this.brief, ADA);

		RedisNode.awaitTrue("the key is gone", () -> redis.cli("EXISTS", KEY).equals("0"));
	}

	@Test
	void aServerThatLostTheScriptsIsSentThemAgain() {
		refresh(this.lasting, ADA);
		redis.cli("SCRIPT", "FLUSH");

		refresh(this.lasting, GRACE);
		redis.cli("SCRIPT", "FLUSH");

		assertThat(members()).containsExactlyInAnyOrder(ADA, GRACE);
	}

	@Test
	void scriptsAreSentByTheirDigestAndWholeWhereThatIsRefused() {
		List<String> sent = new ArrayList<>();
		for (String refusal : List.of("NOSCRIPT No matching script", "NOPERM no permissions to run 'evalsha'")) {
			sent.clear();
			RedisPresence store = store((name, args) -> {
				sent.add(name);
				return name.equals("EVALSHA") ? CompletableFuture.failedStage(new IllegalStateException(refusal))
						: CompletableFuture.completedStage(1L);
			});

			refresh(store, ADA);

			assertThat(sent).containsExactly("EVALSHA", "EVAL");
		}
	}

	@Test
	void anotherFailureIsThatOfTheCall() {
		List<String> sent = new ArrayList<>();
		RedisPresence store = store((name, args) -> {
			sent.add(name);
			return CompletableFuture.failedStage(new IllegalStateException("OOM"));
		});

		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> refresh(store, ADA))
			.withMessageContaining("OOM");
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> store.remove("chat", List.of(ADA)).toCompletableFuture().join());
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> store.members("chat").toCompletableFuture().join());
		assertThat(sent).containsExactly("EVALSHA", "ZREM", "EVALSHA");
	}

	@Test
	void aReplyThatIsNoListNamesNoMember() {
		assertThat(store((name, args) -> CompletableFuture.completedStage(null)).members("chat")
			.toCompletableFuture()
			.join()).isEmpty();
	}

	private static RedisPresence store(RedisCommands commands) {
		return new RedisPresence(commands, "", Duration.ofSeconds(1));
	}

	private static void refresh(RedisPresence store, PresenceMember... members) {
		store.refresh("chat", List.of(members)).toCompletableFuture().join();
	}

	private List<PresenceMember> members() {
		return this.lasting.members("chat").toCompletableFuture().join();
	}

	private static String score() {
		return redis.cli("ZRANGE", KEY, "0", "0", "WITHSCORES").lines().reduce("", (before, line) -> line);
	}

}
