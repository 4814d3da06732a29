package io.iodine.upgrade;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link ThrottledWarning}. */
@ExtendWith(OutputCaptureExtension.class)
class ThrottledWarningTests {

	private long now = Duration.ofHours(-2).toNanos();

	private final ThrottledWarning warning = new ThrottledWarning(LogFactory.getLog(ThrottledWarningTests.class),
			() -> this.now);

	@Test
	void theFirstIsLoggedAndThoseOfTheNextTenSecondsAreCounted(CapturedOutput output) {
		warn("first");
		for (int i = 0; i < 5; i++) {
			this.now += Duration.ofMillis(1_999).toNanos();
			warn("suppressed");
		}

		assertThat(output).containsOnlyOnce("first").doesNotContain("suppressed");

		this.now += Duration.ofMillis(5).toNanos();
		warn("second");

		assertThat(output).containsOnlyOnce("second, and 5 more since the last such line");
	}

	@Test
	void aLineAfterAQuietTimeCountsNothing(CapturedOutput output) {
		warn("one");
		this.now += Duration.ofSeconds(10).toNanos();
		warn("two");

		assertThat(output).contains("two").doesNotContain("more since");
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
	void oneOfManyThreadsLogs(CapturedOutput output) throws InterruptedException {
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

		assertThat(output).containsOnlyOnce("crowd").contains("later, and 7 more");
	}

	private void warn(String message) {
		this.warning.warn(() -> message);
	}

}
