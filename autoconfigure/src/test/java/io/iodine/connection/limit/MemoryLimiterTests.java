package io.iodine.connection.limit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

		this.send.grew(100, this.pending.keySet());

		assertThat(this.closed).isEmpty();
	}

	@Test
	void whatWasCountedTooHighClosesNone() {
		this.pending.putAll(Map.of("a", 60L, "b", 40L));

		this.send.grew(101, this.pending.keySet());

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

		this.send.grew(131, this.pending.keySet());

		// 91 would be left without the largest alone
		assertThat(this.closed).containsExactly("largest", "larger");
	}

	@Test
	void noMoreAreClosedThanATenthNeeds() {
		this.pending.put("one", 41L);
		this.pending.put("two", 49L);
		this.pending.put("three", 50L);

		this.send.grew(140, this.pending.keySet());
		this.pending.remove("three");
		this.pending.put("four", 60L);
		this.send.grew(150, this.pending.keySet());

		assertThat(this.closed).containsExactly("three", "four");
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

		limiter.grew(120, List.of("a", "b"));

		assertThat(nested).containsExactly("a");
	}

	@SuppressWarnings("unchecked") // the type is known
	private static void growAgain(SendMemoryLimiter<?>[] limiter) {
		((SendMemoryLimiter<String>) limiter[0]).grew(120, List.of("a", "b"));
	}

}
