package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link RedisSession} over connections that the test answers. */
@SuppressWarnings("FutureReturnValueIgnored") // the end of the fake connections never
												// fails
class RedisSessionTests {

	private static final Topic NEWS = new Topic("news", false);

	private static final Topic CHAT = new Topic("chat", false);

	private final List<String> events = Collections.synchronizedList(new ArrayList<>());

	private final EngineThread thread = new EngineThread(() -> {
	}, (failure) -> this.events.add("failed " + failure.getMessage()));

	private final RedisReceiver receiver = Mockito.mock(RedisReceiver.class);

	private final Link link = new Link();

	private final RedisSession session = new RedisSession((hears) -> {
		this.link.events = hears;
		return this.link;
	}, this.thread, this.receiver, new Keeper());

	private final Set<Topic> wanted = new LinkedHashSet<>();

	@AfterEach
	void stop() {
		this.thread.stop();
		assertThat(this.events).noneMatch((event) -> event.startsWith("failed"));
	}

	@Test
	void messagesGoToTheReceiverAtOnce() {
		byte[] channel = "news".getBytes(StandardCharsets.UTF_8);
		byte[] payload = { 1 };

		hears().message(channel, payload);

		Mockito.verify(this.receiver).received(this.session, channel, payload);
	}

	@Test
	void whatIsWantedIsSubscribedToAndConfirmed() {
		follow(NEWS, CHAT);
		List<String> done = new ArrayList<>();
		onThread(() -> this.session.whenConfirmed(NEWS, () -> done.add("news")));
		assertThat(this.link.sent).containsExactly("subscribe news chat");
		assertThat(unconfirmed()).isEqualTo(2);

		hears().subscribed(NEWS);
		settle();

		assertThat(done).containsExactly("news");
		assertThat(unconfirmed()).isOne();
		assertThat(this.events).containsExactly("confirmed");
	}

	@Test
	void aChangeIsSentWithTheNextFlush() {
		follow(NEWS);
		hears().subscribed(NEWS);
		onThread(() -> {
			this.wanted.remove(NEWS);
			this.session.change(NEWS);
			this.wanted.add(CHAT);
			this.session.change(CHAT);
		});
		assertThat(this.link.sent).containsExactly("subscribe news");

		onThread(this.session::flush);
		hears().unsubscribed(NEWS);
		settle();

		assertThat(this.link.sent).containsExactly("subscribe news", "unsubscribe news", "subscribe chat");
		assertThat(this.events).containsExactly("confirmed", "confirmed");
	}

	@Test
	void endsOfSubscriptionsMakeRoomForOthersOnceTheyAreConfirmed() {
		List<Topic> many = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			many.add(new Topic("t" + i, false));
		}
		follow(many.toArray(Topic[]::new));
		many.forEach((topic) -> hears().subscribed(topic));
		settle();
		onThread(() -> {
			this.wanted.clear();
			many.forEach(this.session::change);
			this.session.flush();
			this.wanted.add(NEWS);
			this.session.change(NEWS);
			this.session.flush();
		});
		assertThat(this.link.sent).doesNotContain("subscribe news");

		hears().unsubscribed(many.get(0));
		onThread(this.session::flush);

		assertThat(this.link.sent).endsWith("subscribe news");
	}

	@Test
	void aCommandThatRedisRefusesIsSentAgainTopicByTopic() {
		follow(NEWS, CHAT);

		this.link.fail("subscribe news chat");
		settle();
		assertThat(this.link.sent).containsExactly("subscribe news chat", "subscribe news", "subscribe chat");
		this.link.fail("subscribe chat");
		settle();

		assertThat(this.events).containsExactly("refused chat NOPERM", "confirmed");
		assertThat(unconfirmed()).isOne();
	}

	@Test
	void aRefusedSubscriptionIsTriedAgainLaterWhileItIsWanted() {
		EngineThread atOnce = Mockito.mock(EngineThread.class);
		Deque<Runnable> later = new ArrayDeque<>();
		Mockito.when(atOnce.post(ArgumentMatchers.any())).then((call) -> {
			call.<Runnable>getArgument(0).run();
			return true;
		});
		Mockito.doAnswer((call) -> later.add(call.getArgument(1)))
			.when(atOnce)
			.later(ArgumentMatchers.eq(Duration.ofSeconds(30)), ArgumentMatchers.any());
		RedisSession tried = new RedisSession((hears) -> this.link, atOnce, this.receiver, new Keeper());
		this.wanted.addAll(List.of(NEWS, CHAT));
		tried.follow(this.wanted);
		tried.flush();
		this.link.fail("subscribe news chat");
		this.link.fail("subscribe news");
		this.link.fail("subscribe chat");
		this.wanted.remove(CHAT);
		tried.change(CHAT);
		this.link.sent.clear();

		later.remove().run();
		assertThat(this.link.sent).containsExactly("subscribe news");
		assertThat(tried.unconfirmed()).isOne();
		this.link.fail("subscribe news");
		later.remove().run();
		tried.subscribed(NEWS);

		assertThat(this.link.sent).containsExactly("subscribe news", "subscribe news");
		assertThat(tried.unconfirmed()).isZero();
		assertThat(later).isEmpty();
	}

	@Test
	void anAnswerThatTheServerCanNotServeRefusesNothing() {
		follow(NEWS);

		this.link.fail("subscribe news", "BUSY Redis is busy running a script");
		settle();

		assertThat(this.events).isEmpty();
		assertThat(unconfirmed()).isOne();
	}

	@Test
	void afterItsEndOrLossNothingIsRefused() {
		follow(NEWS);
		hears().lost("gone");
		this.link.fail("subscribe news");
		settle();
		assertThat(this.session.isLost()).isTrue();

		onThread(this.session::end);
		this.link.fail("subscribe news");
		hears().subscribed(NEWS);
		hears().unsubscribed(NEWS);
		settle();

		assertThat(this.events).containsExactly("lost gone");
		assertThat(this.link.sent).containsExactly("subscribe news", "close");
	}

	@Test
	void itsEndReleasesWhatWaits() {
		follow(NEWS);
		List<String> done = new ArrayList<>();
		onThread(() -> this.session.whenConfirmed(NEWS, () -> done.add("news")));

		CompletableFuture<?>[] closed = new CompletableFuture<?>[1];
		onThread(() -> closed[0] = this.session.end());

		assertThat(done).containsExactly("news");
		assertThat(closed[0]).isSameAs(this.link.closed);
	}

	@Test
	void aSessionThatFollowsNothingYetMayEnd() {
		onThread(this.session::end);

		assertThat(this.link.sent).containsExactly("close");
		assertThat(this.session.isLost()).isFalse();
	}

	@Test
	void commandsLeaveWithTheNextFlushOnce() {
		follow();
		onThread(() -> {
			CompletionStage<?> publish = this.session.publish(new byte[] { 'c' }, new byte[] { 'p' });
			assertThat(publish).isSameAs(this.link.reply);
			this.session.flush();
			this.session.flush();
			assertThat(this.session.command("PING", List.of())).isSameAs(this.link.reply);
			this.session.flush();
			assertThat(this.session.script(new ScriptCall(new RedisScript("return 1"), List.of(), List.of())))
				.isSameAs(this.link.reply);
			this.session.flush();
		});

		assertThat(this.link.sent).containsExactly("publish c p", "flush", "command PING", "flush", "script", "flush");
	}

	@Test
	void pingsAreSentUntilOneIsNotAnswered() {
		CountDownLatch lost = new CountDownLatch(1);
		this.link.pings = 3;
		this.link.unanswered = lost;

		this.session.pingEvery(Duration.ofMillis(1));

		await(lost);
		settle();
		assertThat(this.link.sent).containsExactly("ping", "ping", "ping", "ping");
		assertThat(this.events).containsExactly("alive", "alive", "alive", "alive",
				"lost a ping was not answered in 1 ms");
	}

	@Test
	void aSessionThatEndedSendsNoPing() {
		onThread(() -> {
			this.session.pingEvery(Duration.ofMillis(1));
			this.session.end();
		});
		CountDownLatch later = new CountDownLatch(1);
		this.thread.later(Duration.ofMillis(5), later::countDown);
		await(later);

		assertThat(this.link.sent).containsExactly("close");
		assertThat(this.events).isEmpty();
	}

	private RedisLink.Events hears() {
		return Objects.requireNonNull(this.link.events);
	}

	private void follow(Topic... topics) {
		onThread(() -> {
			this.wanted.addAll(List.of(topics));
			this.session.follow(this.wanted);
			this.session.flush();
		});
	}

	private int unconfirmed() {
		int[] count = new int[1];
		onThread(() -> count[0] = this.session.unconfirmed());
		return count[0];
	}

	private void settle() {
		onThread(() -> {
		});
	}

	private void onThread(Runnable task) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		assertThat(this.thread.post(() -> {
			try {
				task.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		})).isTrue();
		done.orTimeout(30, TimeUnit.SECONDS).join();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private final class Keeper implements RedisSession.Keeper {

		@Override
		public void confirmed(RedisSession from) {
			RedisSessionTests.this.events.add("confirmed");
		}

		@Override
		public void alive(RedisSession from) {
			RedisSessionTests.this.events.add("alive");
		}

		@Override
		public void refused(Topic topic, Throwable failure) {
			RedisSessionTests.this.events.add("refused " + topic.name() + " " + failure.getMessage());
		}

		@Override
		public void lost(RedisSession from, String reason) {
			RedisSessionTests.this.events.add("lost " + reason);
		}

	}

	/** Records what is sent. */
	private static final class Link implements RedisLink {

		private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

		private final List<CompletableFuture<Void>> answers = Collections.synchronizedList(new ArrayList<>());

		private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

		private final CompletableFuture<@Nullable Object> reply = new CompletableFuture<>();

		private final CompletableFuture<Void> closed = new CompletableFuture<>();

		private volatile @Nullable Events events;

		private int pings;

		private @Nullable CountDownLatch unanswered;

		void fail(String command) {
			fail(command, "NOPERM");
		}

		void fail(String command, String error) {
			int index = this.asked.lastIndexOf(command);
			this.answers.get(index).completeExceptionally(new IllegalStateException(error));
		}

		private CompletionStage<?> asked(String command) {
			CompletableFuture<Void> answer = new CompletableFuture<>();
			this.sent.add(command);
			this.asked.add(command);
			this.answers.add(answer);
			return answer;
		}

		@Override
		public CompletionStage<?> subscribe(Collection<Topic> topics) {
			return asked("subscribe " + String.join(" ", topics.stream().map(Topic::name).toList()));
		}

		@Override
		public CompletionStage<?> unsubscribe(Topic topic) {
			return asked("unsubscribe " + topic.name());
		}

		@Override
		public CompletionStage<?> publish(byte[] channel, byte[] payload) {
			this.sent.add("publish " + new String(channel, StandardCharsets.UTF_8) + " "
					+ new String(payload, StandardCharsets.UTF_8));
			return this.reply;
		}

		@Override
		public CompletionStage<@Nullable Object> script(ScriptCall call) {
			this.sent.add("script");
			return this.reply;
		}

		@Override
		public CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
			this.sent.add("command " + name);
			return this.reply;
		}

		@Override
		public boolean ping() {
			this.sent.add("ping");
			if (this.pings-- > 0) {
				return true;
			}
			if (this.unanswered != null) {
				this.unanswered.countDown();
			}
			return false;
		}

		@Override
		public void flush() {
			this.sent.add("flush");
		}

		@Override
		public CompletableFuture<?> close() {
			this.sent.add("close");
			return this.closed;
		}

	}

}
