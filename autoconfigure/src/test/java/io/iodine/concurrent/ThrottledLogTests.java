package io.iodine.concurrent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.iodine.RecordedLog;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link ThrottledLog}. */
class ThrottledLogTests {

	@AutoClose
	private final RecordedLog log = new RecordedLog(ThrottledLogTests.class);

	private long now = Duration.ofHours(-2).toNanos();

	private final ThrottledLog warning = new ThrottledLog(LogFactory.getLog(ThrottledLogTests.class), 1,
			() -> this.now);

	@Test
	void theFirstIsLoggedAndThoseOfTheNextTenSecondsAreCounted() {
		warn("first");
		for (int i = 0; i < 5; i++) {
			this.now += Duration.ofMillis(1_999).toNanos();
			warn("suppressed");
		}

		assertThat(this.log.lines()).containsExactly("WARN first");

		this.now += Duration.ofMillis(5).toNanos();
		warn("second");

		assertThat(this.log.lines()).containsExactly("WARN first", "WARN second, and 5 more since the last such line");
	}

	@Test
	void aLineAfterAQuietTimeCountsNothing() {
		warn("one");
		this.now += Duration.ofSeconds(10).toNanos();
		warn("two");

		assertThat(this.log.lines()).containsExactly("WARN one", "WARN two");
	}

	@Test
	void aMessageThatIsNotLoggedIsNotMade() {
		AtomicInteger made = new AtomicInteger();
		for (int i = 0; i < 100; i++) {
			this.warning.warn(() -> "number " + made.incrementAndGet());
		}

		assertThat(made).hasValue(1);
	}

	@Test
	void oneOfManyThreadsLogs() throws InterruptedException {
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			threads.add(new Thread(() -> warn("crowd")));
		}
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		this.now += Duration.ofSeconds(10).toNanos();
		warn("later");

		assertThat(this.log.lines()).containsExactly("WARN crowd", "WARN later, and 7 more since the last such line");
	}

	@Test
	void aBurstIsLoggedBeforeOthersAreCounted() {
		ThrottledLog failures = new ThrottledLog(LogFactory.getLog(ThrottledLogTests.class), 3, () -> this.now);
		for (int i = 1; i <= 5; i++) {
			failures.error(text(i), new IllegalStateException());
			this.now += Duration.ofSeconds(1).toNanos();
		}

		assertThat(this.log.lines()).containsExactly("ERROR 1", "ERROR 2", "ERROR 3");

		this.now += Duration.ofSeconds(5).toNanos();
		failures.error(text(6), new IllegalStateException());
		failures.error(text(7), new IllegalStateException());

		assertThat(this.log.lines()).endsWith("ERROR 6, and 2 more since the last such line", "ERROR 7");
	}

	@Test
	void aMessageThatCanNotBeMadeDoesNotHideTheFailure() {
		this.warning.error(() -> {
			throw new IllegalStateException("no text");
		}, new IllegalArgumentException());

		assertThat(this.log.lines()).singleElement()
			.asString()
			.contains("IllegalArgumentException", "IllegalStateException");
	}

	private static Supplier<String> text(int number) {
		return () -> String.valueOf(number);
	}

	private void warn(String message) {
		this.warning.warn(() -> message);
	}

}
