package io.iodine.connection.limit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link SendMemoryLimiter} and {@link ReceiveMemoryLimiter}. */
class MemoryLimiterTests {

	private final ReceiveMemoryLimiter receive = new ReceiveMemoryLimiter(100);

	private final List<String> resumed = new ArrayList<>();

	private final Map<String, Long> pending = new LinkedHashMap<>();

	private final List<String> closed = new ArrayList<>();

	private final SendMemoryLimiter<String> send = new SendMemoryLimiter<>(100,
			(name) -> this.pending.getOrDefault(name, 0L), this.closed::add);

	@Test
	void receivedMessagesAreFullAtTheMaximumAndHaveRoomFromHalfOfIt() {
		this.receive.received(99);
		assertThat(this.receive.isFull()).isFalse();
		this.receive.received(1);
		assertThat(this.receive.isFull()).isTrue();
		assertThat(this.receive.bytes()).isEqualTo(100);

		this.receive.handled(49);
		assertThat(this.receive.hasRoom()).isFalse();
		this.receive.handled(1);

		assertThat(this.receive.hasRoom()).isTrue();
		assertThat(this.receive.isFull()).isFalse();
		assertThat(this.receive.bytes()).isEqualTo(50);
	}

	@Test
	void readersResumeOnceWhenThereIsRoom() {
		this.receive.received(100);
		this.receive.whenRoom(() -> this.resumed.add("one"));
		this.receive.whenRoom(() -> this.resumed.add("two"));
		this.receive.handled(49);
		assertThat(this.resumed).isEmpty();

		this.receive.handled(1);
		this.receive.handled(50);

		assertThat(this.resumed).containsExactly("one", "two");
	}

	@Test
	void aReaderThatComesWhenThereIsRoomResumesAtOnce() {
		this.receive.received(50);

		this.receive.whenRoom(() -> this.resumed.add("one"));

		assertThat(this.resumed).containsExactly("one");
	}

	@Test
	void readersThatComeAgainWaitAgain() {
		this.receive.received(100);
		this.receive.whenRoom(() -> this.resumed.add("one"));
		this.receive.handled(100);
		this.receive.received(100);
		this.receive.whenRoom(() -> this.resumed.add("two"));
		assertThat(this.resumed).containsExactly("one");

		this.receive.handled(100);

		assertThat(this.resumed).containsExactly("one", "two");
	}

	@Test
	void upToTheMaximumNoneIsClosed() {
		this.pending.putAll(Map.of("a", 60L, "b", 60L));

		this.send.grew(1, 100, this.pending::keySet);

		assertThat(this.closed).isEmpty();
	}

	@Test
	void whatWasCountedTooHighClosesNone() {
		this.pending.putAll(Map.of("a", 60L, "b", 40L));

		this.send.grew(1, 101, this.pending::keySet);

		assertThat(this.closed).isEmpty();
	}

	@Test
	void theLargestAreClosedUntilATenthIsFree() {
		this.pending.put("small", 10L);
		this.pending.put("largest", 40L);
		this.pending.put("none", 0L);
		this.pending.put("larger", 30L);
		this.pending.put("middle", 21L);
		this.pending.put("tenth", 10L);
		this.pending.put("other", 20L);

		this.send.grew(1, 131, this.pending::keySet);

		// 91 would be left without the largest alone
		assertThat(this.closed).containsExactly("largest", "larger");
	}

	@Test
	void noMoreAreClosedThanATenthNeeds() {
		this.pending.put("one", 41L);
		this.pending.put("two", 49L);
		this.pending.put("three", 50L);

		this.send.grew(1, 140, this.pending::keySet);
		this.pending.remove("three");
		this.pending.put("four", 60L);
		this.send.grew(60, 150, this.pending::keySet);

		assertThat(this.closed).containsExactly("three", "four");
	}

	@Test
	void bytesOfClosingConnectionsDoNotMakeEachWriteLookAtAll() {
		AtomicInteger looks = new AtomicInteger();
		SendMemoryLimiter<String> limiter = new SendMemoryLimiter<>(1_600, (name) -> {
			looks.incrementAndGet();
			return this.pending.getOrDefault(name, 0L);
		}, this.closed::add);
		for (int i = 0; i < 100; i++) {
			this.pending.put("reader " + i, 8L);
		}

		// 2,000 wait for connections that are closing, and 800 for those that are open
		for (int i = 1; i < 800; i++) {
			this.pending.merge("reader 0", 1L, Long::sum);
			limiter.grew(1, 2_800 + i, this.pending::keySet);
		}
		assertThat(looks).as("looks at 100 connections").hasValue(100);
		assertThat(this.closed).isEmpty();
		this.pending.merge("reader 0", 100L, Long::sum);
		limiter.grew(100, 3_700, this.pending::keySet);

		assertThat(looks).hasValue(200);
		assertThat(this.closed).containsExactly("reader 0");
	}

	@Test
	void aReaderThatDrainsAndGrowsAgainIsLookedAtOnceForASixteenthOfTheMaximum() {
		AtomicInteger looks = new AtomicInteger();
		SendMemoryLimiter<String> limiter = new SendMemoryLimiter<>(1_600, (name) -> {
			looks.incrementAndGet();
			return 1_600;
		}, this.closed::add);

		for (int i = 0; i < 1_001; i++) {
			limiter.grew(1, 2_000, () -> List.of("at the maximum"));
		}

		assertThat(looks).hasValue(11);
		assertThat(this.closed).isEmpty();
	}

	@Test
	void afterLessWaitedTheFirstWriteBeyondTheMaximumLooks() {
		this.pending.put("one", 80L);
		this.send.grew(1, 150, this.pending::keySet);
		this.send.grew(1, 90, this.pending::keySet);
		this.pending.put("one", 120L);

		this.send.grew(1, 120, this.pending::keySet);

		assertThat(this.closed).containsExactly("one");
	}

	@Test
	void closingThatMakesMoreGrowDoesNotCloseTwice() {
		List<String> nested = new ArrayList<>();
		SendMemoryLimiter<?>[] self = new SendMemoryLimiter<?>[1];
		SendMemoryLimiter<String> limiter = new SendMemoryLimiter<>(100, (name) -> 60L, (name) -> {
			nested.add(name);
			growAgain(self);
		});
		self[0] = limiter;

		limiter.grew(1, 120, () -> List.of("a", "b"));

		assertThat(nested).containsExactly("a");
	}

	@SuppressWarnings("unchecked") // the type is known
	private static void growAgain(SendMemoryLimiter<?>[] limiter) {
		((SendMemoryLimiter<String>) limiter[0]).grew(1, 120, () -> List.of("a", "b"));
	}

}
