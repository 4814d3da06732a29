package io.iodine.pubsub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import io.iodine.Message;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MemoryHistory}, with 3 messages of 2 channels, which last 10 seconds.
 */
class MemoryHistoryTests {

	private final AtomicLong now = new AtomicLong();

	private final MemoryHistory history = new MemoryHistory(
			new HistorySettings(List.of("chat*"), 3, Duration.ofSeconds(10), 2), this.now::get);

	@Test
	void keepsTheChannelsThatMatch() {
		assertThat(this.history.keeps("chat.1")).isTrue();
		assertThat(this.history.keeps("news")).isFalse();
	}

	@Test
	void tellsWhatCameAfterAPosition() {
		Position first = append("chat", "1");
		append("chat", "2");
		Position third = append("chat", "3");

		HistoryPage missed = since("chat", first);

		assertThat(missed.complete()).isTrue();
		assertThat(missed.messages()).extracting(Message::asText).containsExactly("2", "3");
		assertThat(missed.last()).isEqualTo(third);
		assertThat(since("chat", third)).isEqualTo(new HistoryPage(true, List.of(), third));
	}

	@Test
	void aHistoryThatIsTooShortIsNotComplete() {
		Position first = append("chat", "1");
		Position second = append("chat", "2");
		append("chat", "3");
		append("chat", "4");
		append("chat", "5");

		assertThat(since("chat", first).complete()).isFalse();
		assertThat(since("chat", second).complete()).isTrue();
	}

	@Test
	void whatIsTooOldIsForgotten() {
		Position first = append("chat", "1");
		append("chat", "2");
		this.now.set(Duration.ofSeconds(11).toNanos());
		Position third = append("chat", "3");

		assertThat(since("chat", first).complete()).isFalse();
		assertThat(since("chat", new Position(first.epoch(), 2)).messages()).extracting(Message::asText)
			.containsExactly("3");
		assertThat(since("chat", third).complete()).isTrue();
	}

	@Test
	void aPositionOfAnotherEpochOrOfTheFutureIsNotComplete() {
		Position position = append("chat", "1");

		assertThat(since("chat", new Position("other", 1)).complete()).isFalse();
		assertThat(since("chat", new Position(position.epoch(), 7)).complete()).isFalse();
		assertThat(since("chat.never", position).complete()).isFalse();
	}

	@Test
	void theChannelUnusedLongestMakesRoom() {
		Position one = append("chat.1", "x");
		Position two = append("chat.2", "x");
		append("chat.1", "y");

		append("chat.3", "x");

		assertThat(since("chat.1", one).complete()).isTrue();
		assertThat(since("chat.2", two).complete()).isFalse();
	}

	@Test
	void theNewestAreReadInOrder() {
		append("chat", "1");
		append("chat", "2");
		append("chat", "3");

		assertThat(last("chat", 2)).containsExactly("2", "3");
		assertThat(last("chat", 9)).containsExactly("1", "2", "3");
		assertThat(last("chat.never", 9)).isEmpty();
	}

	@Test
	void aMessageOfTheSameKeyIsAppendedOnce() {
		List<String> delivered = new ArrayList<>();

		String first = this.history.append("chat", Message.text("1"), "key", (m) -> delivered.add(m.asText()));
		String again = this.history.append("chat", Message.text("1"), "key", (m) -> delivered.add(m.asText()));
		String other = this.history.append("chat", Message.text("1"), "other", (m) -> delivered.add(m.asText()));

		assertThat(again).isEqualTo(first).isNotEqualTo(other);
		assertThat(delivered).hasSize(2);
	}

	@Test
	void aMessageWhoseKeyWasForgottenIsAppendedAgain() {
		List<String> delivered = new ArrayList<>();
		String first = this.history.append("chat", Message.text("1"), "key", (m) -> delivered.add(m.asText()));
		append("chat", "2");
		append("chat", "3");
		append("chat", "4");

		String again = this.history.append("chat", Message.text("5"), "key", (m) -> delivered.add(m.asText()));

		assertThat(again).isNotEqualTo(first);
		assertThat(delivered).containsExactly("1", "5");
		assertThat(last("chat", 3)).containsExactly("3", "4", "5");
	}

	@Test
	void bytesAreBoundedForAChannelAndForAll() {
		MemoryHistory bounded = new MemoryHistory(
				new HistorySettings(List.of("*"), 1_000, Duration.ofMinutes(1), 1_000, 100_000, 20_000), this.now::get);
		for (int i = 0; i < 100; i++) {
			for (int channel = 0; channel < 20; channel++) {
				bounded.append("chat." + channel, Message.text("x".repeat(1_000)), null, (message) -> {
				});
				assertThat(bounded.bytes()).isLessThanOrEqualTo(100_000);
			}
		}
		for (int i = 0; i < 100; i++) {
			bounded.append("chat.0", Message.text("x".repeat(1_000)), null, (message) -> {
			});
		}

		assertThat(bounded.last("chat.0", 1_000).toCompletableFuture().join()).hasSize(15);
		assertThat(bounded.last("chat.1", 1_000).toCompletableFuture().join()).isEmpty();
		bounded.append("chat.0", Message.text("x".repeat(30_000)), null, (message) -> {
		});
		assertThat(bounded.last("chat.0", 1_000).toCompletableFuture().join()).isEmpty();
		bounded.close();
	}

	@Test
	void whatIsTooOldIsForgottenThoughTheChannelIsQuiet() {
		try (MemoryHistory timed = new MemoryHistory(new HistorySettings(List.of("*"), 10, Duration.ofSeconds(1), 10),
				System::nanoTime)) {
			timed.append("chat", Message.text("x"), null, (message) -> {
			});
			assertThat(timed.bytes()).isPositive();

			long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
			while (timed.bytes() > 0 && System.nanoTime() < deadline) {
				Thread.onSpinWait();
			}
			assertThat(timed.bytes()).isZero();
		}
	}

	@Test
	void whatIsTooOldIsNotReadThoughTheTimerHasNotRun() {
		Position first = append("chat", "1");
		this.now.set(Duration.ofSeconds(10).toNanos());
		assertThat(last("chat", 9)).containsExactly("1");

		this.now.incrementAndGet();

		assertThat(since("chat", new Position(first.epoch(), 0)).complete()).isFalse();
		assertThat(last("chat", 9)).isEmpty();
		assertThat(this.history.bytes()).isZero();
	}

	@Test
	void whatIsTooOldIsLookedForFourTimesWithinItsTime() {
		assertThat(MemoryHistory.sweepInterval(lasting(Duration.ofSeconds(20)))).isEqualTo(5_000);
		assertThat(MemoryHistory.sweepInterval(lasting(Duration.ofMillis(10)))).isEqualTo(100);
		assertThat(MemoryHistory.sweepInterval(lasting(Duration.ofDays(1)))).isEqualTo(10_000);
	}

	@Test
	void asManyBytesAsAreAllowedAreKept() {
		long one = 256 + 100;
		MemoryHistory bounded = new MemoryHistory(
				new HistorySettings(List.of("*"), 100, Duration.ofMinutes(1), 100, 3 * one, 2 * one), this.now::get);
		for (String channel : List.of("a", "a", "b")) {
			bounded.append(channel, Message.text("x".repeat(100)), null, (message) -> {
			});
		}
		assertThat(bounded.bytes()).isEqualTo(3 * one);
		assertThat(bounded.last("a", 9).toCompletableFuture().join()).hasSize(2);

		bounded.append("b", Message.text("x".repeat(100)), null, (message) -> {
		});

		assertThat(bounded.bytes()).isEqualTo(2 * one);
		assertThat(bounded.last("b", 9).toCompletableFuture().join()).hasSize(2);
		bounded.close();
	}

	@Test
	void channelsThatMakeRoomGiveTheirBytesBack() {
		append("chat.1", "x".repeat(1_000));
		append("chat.2", "x");
		append("chat.3", "x");

		assertThat(this.history.bytes()).isEqualTo(2 * (256 + 1));
	}

	@Test
	void itsThreadIsADaemonAndEndsWithIt() throws Exception {
		Set<Thread> others = Thread.getAllStackTraces().keySet();
		append("chat", "1");
		List<Thread> made = Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !others.contains(thread) && thread.getName().equals("iodine-history"))
			.toList();
		assertThat(made).hasSize(1).allMatch(Thread::isDaemon);

		this.history.close();

		made.get(0).join(Duration.ofSeconds(20).toMillis());
		assertThat(made.get(0).isAlive()).isFalse();
	}

	private static HistorySettings lasting(Duration timeToLive) {
		return new HistorySettings(List.of("*"), 10, timeToLive, 10);
	}

	private List<String> last(String channel, int max) {
		return this.history.last(channel, max).toCompletableFuture().join().stream().map(Message::asText).toList();
	}

	@Test
	void onlyIdsOfAPositionAreRead() {
		assertThat(Position.parse("a:b:12")).contains(new Position("a:b", 12));
		for (String id : List.of("", "12", ":12", "a:", "a:1x", "a:-1", "a:99999999999999999999")) {
			assertThat(Position.parse(id)).as(id).isEmpty();
		}
	}

	private Position append(String channel, String text) {
		Message[] placed = new Message[1];
		this.history.append(channel, Message.text(text), null, (message) -> placed[0] = message);
		return placed[0].id().flatMap(Position::parse).orElseThrow();
	}

	private HistoryPage since(String channel, Position position) {
		return this.history.since(channel, position, 100).toCompletableFuture().join();
	}

}
