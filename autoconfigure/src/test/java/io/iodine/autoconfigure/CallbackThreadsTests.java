package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.iodine.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests for {@link CallbackThreads}. */
class CallbackThreadsTests {

	private final CountDownLatch gate = new CountDownLatch(1);

	@AfterEach
	void open() {
		this.gate.countDown();
	}

	@Test
	void twentyCallbacksThatBlockDelayNoOther() throws Exception {
		CallbackThreads threads = new CallbackThreads(Concurrency.of(0, 0, 2).threads());
		CountDownLatch other = new CountDownLatch(1);
		for (int i = 0; i < 20; i++) {
			threads.execute(this::block);
		}

		threads.execute(other::countDown);

		assertThat(other.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(threads.queued()).isZero();
		assertThat(threads.active()).isBetween(20, 21);
		this.gate.countDown();
		threads.destroy();
	}

	@Test
	void aThreadThatIsFreeIsTakenBeforeOneIsStarted() throws Exception {
		CallbackThreads threads = new CallbackThreads(256);
		for (int i = 0; i < 50; i++) {
			CountDownLatch done = new CountDownLatch(1);
			threads.execute(done::countDown);
			assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
			await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> threads.active() == 0);
		}

		assertThat(threads.getPoolSize()).isLessThan(5);
		threads.destroy();
	}

	@Test
	void tasksBeyondTheBoundWaitAreRunAndWarnedOf() throws Exception {
		try (RecordedLog log = new RecordedLog(BusyWarning.class)) {
			CallbackThreads threads = new CallbackThreads(2);
			CountDownLatch done = new CountDownLatch(3);
			threads.execute(this::block);
			threads.execute(this::block);
			for (int i = 0; i < 3; i++) {
				threads.execute(done::countDown);
			}

			assertThat(threads.queued()).isEqualTo(3);
			await().atMost(30, TimeUnit.SECONDS)
				.until(() -> log.lines()
					.stream()
					.anyMatch((line) -> line.startsWith("WARN All 2 callback threads have been busy for 5 s")));
			this.gate.countDown();

			assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
			threads.destroy();
		}
	}

	private void block() {
		try {
			this.gate.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
