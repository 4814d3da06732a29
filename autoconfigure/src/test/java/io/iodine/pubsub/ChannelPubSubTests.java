package io.iodine.pubsub;

import io.iodine.ChannelInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.PubSubEngine;
import io.iodine.Subscription;
import io.iodine.UnloggableException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class ChannelPubSubTests {

	private final ExecutorService threads = Executors.newFixedThreadPool(4);

	private final CountingObserver observer = new CountingObserver();

	private final ChannelPubSub pubSub = new ChannelPubSub(new PubSubLimits(20, 3), this.threads,
			(value) -> ("\"" + value + "\"").getBytes(StandardCharsets.UTF_8), this.observer);

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void listenersHearChannelAndMessage() throws Exception {
		this.pubSub.subscribe("chat", record("one"));
		this.pubSub.subscribePattern("ch*", record("two"));

		boolean scheduled = this.pubSub.publish("chat", "hi");

		assertThat(scheduled).isTrue();
		assertThat(List.of(next(), next())).containsExactlyInAnyOrder("one chat hi", "two chat hi");
	}

	@Test
	void subscriptionsOfTheBeanAreIndependent() throws Exception {
		Subscription first = this.pubSub.subscribe("chat", record("first"));
		this.pubSub.subscribe("chat", record("second"));

		first.close();
		first.close();
		this.pubSub.publish("chat", "hi");

		assertThat(next()).isEqualTo("second chat hi");
		assertThat(first.channel()).isEqualTo("chat");
		assertThat(this.pubSub.subscriptionCount("chat", false)).isEqualTo(1);
	}

	@Test
	void jsonIsPublishedAsText() throws Exception {
		this.pubSub.subscribe("chat", (channel, message) -> this.heard.add(message.isText() + message.asText()));

		this.pubSub.publishJson("chat", 42);

		assertThat(next()).isEqualTo("true\"42\"");
	}

	@Test
	void aListenerIsCalledInOrderAndNeverTwiceAtOnce() throws Exception {
		ChannelPubSub wide = new ChannelPubSub(new PubSubLimits(20, 100_000), this.threads, (value) -> new byte[0],
				this.observer);
		AtomicInteger running = new AtomicInteger();
		AtomicInteger overlaps = new AtomicInteger();
		List<String> order = new ArrayList<>();
		CountDownLatch all = new CountDownLatch(20_000);
		wide.subscribe("chat", (channel, message) -> {
			if (running.incrementAndGet() > 1) {
				overlaps.incrementAndGet();
			}
			order.add(message.asText());
			running.decrementAndGet();
			all.countDown();
		});

		List<String> expected = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			expected.add(Integer.toString(i));
			wide.publish("chat", Integer.toString(i));
		}

		assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(overlaps).hasValue(0);
		assertThat(order).isEqualTo(expected);
	}

	@Test
	void overTheBoundAListenerLosesTheNewest() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.pubSub.subscribe("chat", (channel, message) -> {
			running.countDown();
			release.await();
			this.heard.add(message.asText());
		});
		this.pubSub.publish("chat", "0");
		running.await();

		for (int i = 1; i < 6; i++) {
			this.pubSub.publish("chat", Integer.toString(i));
		}
		release.countDown();

		assertThat(List.of(next(), next(), next())).containsExactly("0", "1", "2");
		assertThat(this.observer.lost).hasValue(3);
		this.pubSub.publish("chat", "again");
		assertThat(next()).isEqualTo("again");
	}

	@Test
	void aFailingListenerHearsTheNextMessage() throws Exception {
		this.pubSub.subscribe("chat", (channel, message) -> {
			this.heard.add(message.asText());
			throw new IllegalStateException("expected by this test");
		});

		this.pubSub.publish("chat", "one");
		this.pubSub.publish("chat", "two");

		assertThat(List.of(next(), next())).containsExactly("one", "two");
	}

	@Test
	void whatWaitsIsCountedAsLostWhenTheThreadsAreGone() {
		this.pubSub.subscribe("chat", record("x"));
		this.threads.shutdown();

		this.pubSub.publish("chat", "one");
		this.pubSub.publish("chat", "two");

		assertThat(this.observer.lost).hasValue(2);
		assertThat(this.heard).isEmpty();
	}

	@Test
	void aDirectListenerRunsOnThePublishersThreadAndItsFailureReachesNobody() {
		List<String> order = new ArrayList<>();
		this.pubSub.subscribeDirect("chat", false, (channel, message) -> {
			throw new IllegalStateException("expected by this test");
		});
		Runnable end = this.pubSub.subscribeDirect("c*", true,
				(channel, message) -> order.add(Thread.currentThread().getName() + message.asText()));

		this.pubSub.publish("chat", "1");
		end.run();
		end.run();
		this.pubSub.publish("chat", "2");

		assertThat(order).containsExactly(Thread.currentThread().getName() + "1");
		assertThat(this.observer.failed).hasValue(2);
	}

	@Test
	void subscriptionsEndWithTheContextAndPublishingGoesOn() {
		Subscription subscription = this.pubSub.subscribe("chat", record("x"));

		this.pubSub.close();

		assertThat(this.pubSub.channelCount()).isZero();
		assertThat(this.pubSub.publish("chat", "nobody")).isTrue();
		assertThatIllegalStateException().isThrownBy(() -> this.pubSub.subscribe("chat", record("x")))
			.withMessage("can't subscribe to channel 'chat': the application context is closed");
		assertThatIllegalStateException().isThrownBy(() -> this.pubSub.subscribeDirect("chat", true, record("x")));
		subscription.close();
	}

	@Test
	void aNameOverTheLimitIsRefusedNamingTheProperty() {
		String name = "n".repeat(21);

		assertThatIllegalArgumentException().isThrownBy(() -> this.pubSub.publish(name, "hi"))
			.withMessage(
					"a channel has at most 20 characters (iodine.pubsub.max-channel-length), but one of 21 was given");
		assertThatIllegalArgumentException().isThrownBy(() -> this.pubSub.subscribe(name, record("x")));
		assertThatIllegalArgumentException().isThrownBy(() -> this.pubSub.subscribePattern(name, record("x")))
			.withMessageStartingWith("a pattern has at most 20 characters");
	}

	@Test
	void nullsAreRefused() {
		assertThatNullPointerException().isThrownBy(() -> this.pubSub.publish(nothing(), "hi"))
			.withMessage("the channel must not be null");
		assertThatNullPointerException()
			.isThrownBy(() -> this.pubSub.publish("chat", ChannelPubSubTests.<Message>nothing()))
			.withMessage("the message must not be null");
		assertThatNullPointerException().isThrownBy(() -> this.pubSub.subscribe("chat", nothing()))
			.withMessage("the listener must not be null");
		assertThatNullPointerException().isThrownBy(() -> this.pubSub.attach(nothing()))
			.withMessage("the engine must not be null");
	}

	@Test
	void aMessageGoesToExactlyOneEngine() {
		RecordingEngine first = new RecordingEngine();
		RecordingEngine second = new RecordingEngine();
		this.pubSub.defaultEngine(first);
		this.pubSub.attach(second);
		List<String> local = new ArrayList<>();
		this.pubSub.subscribeDirect("chat", false, (channel, message) -> local.add(message.asText()));
		this.pubSub.tellEngines();

		this.pubSub.publish("chat", "to the default");
		this.pubSub.publish("chat", "to the named", second);
		this.pubSub.publish("chat", "here", this.pubSub.localEngine());

		assertThat(first.events).containsExactly("+chat", "publish chat to the default");
		assertThat(second.events).containsExactly("+chat", "publish chat to the named");
		assertThat(local).containsExactly("here");
	}

	@Test
	void anEngineThatFailsToPublishIsCountedAndAnswersFalse() {
		PubSubEngine engine = new FailingEngine();

		boolean scheduled = this.pubSub.publish("chat", "hi", engine);

		assertThat(scheduled).isFalse();
		assertThat(this.observer.enginesFailed).hasValue(1);
	}

	@Test
	void attachedEnginesAreToldOnceAndAttachingReplays() throws Exception {
		RecordingEngine early = new RecordingEngine();
		RecordingEngine late = new RecordingEngine();
		this.pubSub.attach(early);
		this.pubSub.attach(early);
		Subscription chat = this.pubSub.subscribe("chat", record("x"));
		this.pubSub.subscribe("chat", record("x"));
		this.pubSub.subscribePattern("n*", record("x"));

		this.pubSub.attach(late);
		chat.close();
		this.pubSub.reset(early);
		this.pubSub.detach(late);
		this.pubSub.subscribe("more", record("x"));

		assertThat(early.events).containsExactly("+chat", "+n* (pattern)", "+chat", "+n* (pattern)", "+more");
		assertThat(late.events).containsExactly("+chat", "+n* (pattern)");
	}

	@Test
	void theFormerDefaultEngineStaysAttachedAndADetachedDefaultGivesWayToTheLocalOne() {
		RecordingEngine former = new RecordingEngine();
		RecordingEngine next = new RecordingEngine();
		this.pubSub.defaultEngine(former);
		this.pubSub.defaultEngine(next);

		this.pubSub.subscribe("chat", record("x"));
		this.pubSub.detach(next);

		assertThat(former.events).containsExactly("+chat");
		assertThat(next.events).containsExactly("+chat");
		assertThat(this.pubSub.defaultEngine()).isSameAs(this.pubSub.localEngine());
	}

	@Test
	void anEngineThatFailsOrRefusesIsCountedAndTheSubscriptionStands() throws Exception {
		RecordingEngine good = new RecordingEngine();
		this.pubSub.attach(new FailingEngine());
		this.pubSub.attach(good);

		this.pubSub.subscribe("chat", record("x"));
		this.pubSub.publish("chat", "hi", this.pubSub.localEngine());

		assertThat(next()).isEqualTo("x chat hi");
		assertThat(good.events).containsExactly("+chat");
		assertThat(this.observer.enginesFailed).hasValue(1);
	}

	@Test
	void anEngineWhoseFailureCannotBeLoggedStopsNoOther() {
		RecordingEngine good = new RecordingEngine();
		PubSubEngine unloggable = new FailingEngine() {

			@Override
			public boolean subscribe(String channel, boolean pattern) {
				throw new UnloggableException();
			}

			@Override
			public boolean publish(String channel, Message message) {
				throw new UnloggableException();
			}
		};
		this.pubSub.attach(unloggable);
		this.pubSub.attach(good);

		this.pubSub.subscribe("chat", record("x"));
		this.pubSub.subscribe("more", record("x"));

		assertThat(good.events).containsExactly("+chat", "+more");
		assertThat(this.pubSub.publish("chat", "hi", unloggable)).isFalse();
		assertThat(this.observer.enginesFailed).hasValue(3);
	}

	@Test
	void anEngineMaySubscribeWhileItIsTold() {
		RecordingEngine engine = new RecordingEngine() {

			@Override
			public boolean subscribe(String channel, boolean pattern) {
				super.subscribe(channel, pattern);
				if (channel.equals("chat")) {
					ChannelPubSubTests.this.pubSub.subscribe("from inside", record("x"));
				}
				return true;
			}

		};
		this.pubSub.attach(engine);

		this.pubSub.subscribe("chat", record("x"));

		assertThat(engine.events).containsExactly("+chat", "+from inside");
	}

	@Test
	void tellsItsChannelsAndHowManySubscribersTheyHave() {
		try (ChannelPubSub told = new ChannelPubSub(PubSubLimits.DEFAULTS, Runnable::run, (value) -> new byte[0],
				PubSubObserver.NONE)) {
			told.subscribe("news", (channel, message) -> {
			});
			told.subscribe("chat", (channel, message) -> {
			});
			told.subscribeDirect("chat", false, (channel, message) -> {
			}, () -> 40);
			told.subscribePattern("a*", (channel, message) -> {
			});

			assertThat(told.channels()).containsExactly(new ChannelInfo("chat", false, 41),
					new ChannelInfo("news", false, 1), new ChannelInfo("a*", true, 1));
		}
	}

	@Test
	void anEngineHearsTransitionsInTheirOrderThoughManyThreadsCauseThem() throws Exception {
		RecordingEngine engine = new RecordingEngine();
		this.pubSub.attach(engine);
		CountDownLatch done = new CountDownLatch(4);
		for (int t = 0; t < 4; t++) {
			this.threads.execute(() -> {
				for (int i = 0; i < 5_000; i++) {
					this.pubSub.subscribe("chat", record("x")).close();
				}
				done.countDown();
			});
		}

		assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();

		this.pubSub.subscribe("last", record("x"));
		assertThat(engine.events).hasSizeGreaterThan(2).endsWith("+last");
		for (int i = 0; i < engine.events.size() - 1; i++) {
			assertThat(engine.events.get(i)).isEqualTo((i % 2 == 0) ? "+chat" : "-chat");
		}
	}

	private MessageListener record(String name) {
		return (channel, message) -> this.heard.add(name + " " + channel + " " + message.asText());
	}

	private String next() throws InterruptedException {
		String next = this.heard.poll(10, TimeUnit.SECONDS);
		assertThat(next).as("nothing was heard in 10 s").isNotNull();
		return next;
	}

	@SuppressWarnings({ "NullAway", "TypeParameterUnusedInFormals" })
	private static <T> T nothing() {
		@Nullable T nothing = null;
		return nothing;
	}

	private static class RecordingEngine implements PubSubEngine {

		final List<String> events = new ArrayList<>();

		@Override
		public boolean subscribe(String channel, boolean pattern) {
			return this.events.add("+" + channel + (pattern ? " (pattern)" : ""));
		}

		@Override
		public boolean unsubscribe(String channel, boolean pattern) {
			return this.events.add("-" + channel + (pattern ? " (pattern)" : ""));
		}

		@Override
		public boolean publish(String channel, Message message) {
			return this.events.add("publish " + channel + " " + message.asText());
		}

	}

	private static class FailingEngine implements PubSubEngine {

		@Override
		public boolean subscribe(String channel, boolean pattern) {
			throw new IllegalStateException("expected by this test");
		}

		@Override
		public boolean unsubscribe(String channel, boolean pattern) {
			return false;
		}

		@Override
		public boolean publish(String channel, Message message) {
			throw new IllegalStateException("expected by this test");
		}

	}

	private static final class CountingObserver implements PubSubObserver {

		private final AtomicInteger lost = new AtomicInteger();

		private final AtomicInteger failed = new AtomicInteger();

		private final AtomicInteger enginesFailed = new AtomicInteger();

		@Override
		public void listenerMessageLost() {
			this.lost.incrementAndGet();
		}

		@Override
		public void listenerFailed() {
			this.failed.incrementAndGet();
		}

		@Override
		public void engineFailed(PubSubEngine engine) {
			this.enginesFailed.incrementAndGet();
		}

	}

}
