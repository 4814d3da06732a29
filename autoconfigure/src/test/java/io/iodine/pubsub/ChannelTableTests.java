package io.iodine.pubsub;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.iodine.ChannelInfo;
import io.iodine.Message;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChannelTableTests {

	private static final ChannelKey CHAT = new ChannelKey("chat", false);

	private static final ChannelKey ALL = new ChannelKey("*", true);

	private final List<String> transitions = Collections.synchronizedList(new ArrayList<>());

	private final ChannelTable table = new ChannelTable(new RecordedTransitions());

	private final List<String> heard = new ArrayList<>();

	@Test
	void deliversToTheSubscribersOfTheChannelAndOfMatchingPatterns() {
		this.table.add(CHAT, recorder("exact"));
		this.table.add(ALL, recorder("all"));
		this.table.add(new ChannelKey("news*", true), recorder("news"));

		int delivered = this.table.deliver("chat", Message.text("hi"));

		assertThat(delivered).isEqualTo(2);
		assertThat(this.heard).containsExactly("exact chat hi", "all chat hi");
	}

	@Test
	void aChannelAndAPatternOfTheSameTextAreTwo() {
		this.table.add(new ChannelKey("a?", false), recorder("exact"));
		this.table.add(new ChannelKey("a?", true), recorder("pattern"));

		this.table.deliver("ab", Message.text("1"));
		this.table.deliver("a?", Message.text("2"));

		assertThat(this.heard).containsExactly("pattern ab 1", "exact a? 2", "pattern a? 2");
	}

	@Test
	void noteIsTakenOfFirstAndLastSubscriptionsOnly() {
		Receiver first = recorder("first");
		Receiver second = recorder("second");

		this.table.add(CHAT, first);
		this.table.add(CHAT, second);
		this.table.remove(CHAT, first);
		this.table.remove(CHAT, second);
		this.table.add(ALL, first);
		this.table.add(ALL, second);
		this.table.remove(ALL, second);
		this.table.remove(ALL, first);

		assertThat(this.transitions).containsExactly("+channel 'chat'", "-channel 'chat'", "+pattern '*'",
				"-pattern '*'");
	}

	@Test
	void aSubscriptionIsRemovedOnce() {
		Receiver receiver = recorder("only");
		this.table.add(CHAT, receiver);
		this.table.add(ALL, receiver);

		assertThat(this.table.remove(CHAT, receiver)).isTrue();
		assertThat(this.table.remove(CHAT, receiver)).isFalse();
		assertThat(this.table.remove(ALL, receiver)).isTrue();
		assertThat(this.table.remove(ALL, receiver)).isFalse();
		assertThat(this.table.deliver("chat", Message.text("hi"))).isZero();
	}

	@Test
	void aSubscriptionThatIsNotThereIsNotRemoved() {
		Receiver there = recorder("there");
		Receiver other = recorder("other");
		for (ChannelKey key : List.of(CHAT, ALL)) {
			assertThat(this.table.remove(key, there)).isFalse();
			this.table.add(key, there);

			assertThat(this.table.remove(key, other)).isFalse();
			this.table.add(key, other);
			assertThat(this.table.remove(key, other)).isTrue();
			assertThat(this.table.remove(new ChannelKey("elsewhere", key.pattern()), there)).isFalse();

			assertThat(this.table.subscriptions(key)).isOne();
		}
		assertThat(this.table.deliver("chat", Message.text("hi"))).isEqualTo(2);
		assertThat(this.transitions).containsExactly("+channel 'chat'", "+pattern '*'");
	}

	@Test
	void theOthersKeepTheirOrderWhenOneIsRemoved() {
		List<Receiver> receivers = List.of(recorder("one"), recorder("two"), recorder("three"));
		for (String glob : List.of("a*", "b*", "c*")) {
			this.table.add(new ChannelKey(glob, true), receivers.get(0));
		}
		receivers.forEach((receiver) -> this.table.add(CHAT, receiver));

		this.table.remove(CHAT, receivers.get(1));
		this.table.remove(new ChannelKey("b*", true), receivers.get(0));
		this.table.deliver("chat", Message.text("hi"));

		assertThat(this.heard).containsExactly("one chat hi", "three chat hi", "one chat hi");
		assertThat(this.table.patterns()).containsExactly("a*", "c*");
		assertThat(this.table.patternCount()).isEqualTo(2);
		assertThat(this.table.channelCount()).isOne();
	}

	@Test
	void listsChannelsBeforePatternsByNameWithTheirSubscribers() {
		Receiver many = new Receiver() {

			@Override
			public void receive(String channel, Message message) {
				// only counted
			}

			@Override
			public int subscribers() {
				return 5;
			}

		};
		this.table.add(ALL, recorder("pattern"));
		this.table.add(new ChannelKey("news", false), recorder("news"));
		this.table.add(CHAT, many);
		this.table.add(CHAT, recorder("one"));
		this.table.add(new ChannelKey(ReservedChannels.PREFIX + "private", false), many);

		assertThat(this.table.infos()).containsExactly(new ChannelInfo("chat", false, 6),
				new ChannelInfo("news", false, 1), new ChannelInfo("*", true, 1));
	}

	@Test
	void tellsWhatItHolds() {
		this.table.add(CHAT, recorder("one"));
		this.table.add(CHAT, recorder("two"));
		this.table.add(ALL, recorder("three"));

		assertThat(this.table.channels()).containsExactly("chat");
		assertThat(this.table.patterns()).containsExactly("*");
		assertThat(this.table.subscriptions(CHAT)).isEqualTo(2);
		assertThat(this.table.subscriptions(ALL)).isEqualTo(1);
		assertThat(this.table.subscriptions(new ChannelKey("chat", true))).isZero();
	}

	@Test
	void churnOnManyThreadsLeavesNothingAndTransitionsAlternate() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(4);
		List<Future<?>> churns = new ArrayList<>();
		for (int t = 0; t < 4; t++) {
			int seed = t;
			churns.add(threads.submit(() -> churn(new Random(seed), 25_000)));
		}

		for (Future<?> churn : churns) {
			churn.get(60, TimeUnit.SECONDS);
		}
		threads.shutdown();

		assertThat(this.table.channelCount()).isZero();
		assertThat(this.table.patternCount()).isZero();
		for (int channel = 0; channel < 10; channel++) {
			for (boolean pattern : new boolean[] { false, true }) {
				ChannelKey key = new ChannelKey("c" + channel, pattern);
				List<String> seen = this.transitions.stream().filter((line) -> line.endsWith(key.toString())).toList();
				assertThat(seen).hasSizeGreaterThan(1);
				for (int i = 0; i < seen.size(); i++) {
					assertThat(seen.get(i)).startsWith((i % 2 == 0) ? "+" : "-");
				}
			}
		}
	}

	@Test
	void aStandingSubscriberHearsEverythingWhileOthersComeAndGo() throws Exception {
		List<String> expected = new ArrayList<>();
		this.table.add(new ChannelKey("c1", false), recorder("x"));
		AtomicBoolean done = new AtomicBoolean();
		CountDownLatch started = new CountDownLatch(1);
		Thread neighbour = new Thread(() -> {
			started.countDown();
			while (!done.get()) {
				churn(new Random(), 100);
			}
		});
		neighbour.start();
		started.await();

		for (int i = 0; i < 50_000; i++) {
			expected.add("x c1 " + i);
			this.table.deliver("c1", Message.text(Integer.toString(i)));
		}

		done.set(true);
		neighbour.join();
		assertThat(this.heard).isEqualTo(expected);
	}

	private void churn(Random random, int cycles) {
		for (int i = 0; i < cycles; i++) {
			ChannelKey key = new ChannelKey("c" + random.nextInt(10), random.nextBoolean());
			Receiver receiver = (channel, message) -> {
			};
			this.table.add(key, receiver);
			this.table.remove(key, receiver);
		}
	}

	private Receiver recorder(String name) {
		return (channel, message) -> this.heard.add(name + " " + channel + " " + message.asText());
	}

	private final class RecordedTransitions implements ChannelTransitions {

		@Override
		public void firstSubscription(ChannelKey key) {
			ChannelTableTests.this.transitions.add("+" + key);
		}

		@Override
		public void lastSubscriptionEnded(ChannelKey key) {
			ChannelTableTests.this.transitions.add("-" + key);
		}

	}

}
