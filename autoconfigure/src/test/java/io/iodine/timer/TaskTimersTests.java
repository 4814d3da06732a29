package io.iodine.timer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.UnloggableException;
import io.iodine.task.Timer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TaskTimers}.
 */
class TaskTimersTests {

	private static final int MAX = 100_000;

	private final ExecutorService callbacks = Executors.newFixedThreadPool(4);

	private final AtomicBoolean busy = new AtomicBoolean();

	private final TaskTimers timers = new TaskTimers(this.callbacks, this.busy::get, MAX);

	private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	@AfterEach
	void end() {
		this.timers.stop();
		this.callbacks.shutdownNow();
	}

	@Test
	void aTaskRunsOnAnotherThread() throws InterruptedException {
		this.timers.start();

		this.timers.run(() -> this.events.add(Thread.currentThread().getName()));

		assertThat(next()).isNotEqualTo(Thread.currentThread().getName());
	}

	@Test
	void aTaskRunsAfterItsDelay() throws InterruptedException {
		this.timers.start();
		long start = System.nanoTime();

		this.timers.runAfter(Duration.ofMillis(50), () -> this.events.add("later"));

		assertThat(next()).isEqualTo("later");
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
	}

	@Test
	void aTaskRunsExactlyAsOftenAsAsked() throws InterruptedException {
		this.timers.start();

		Timer timer = this.timers.runEvery(Duration.ofMillis(1), 3, () -> this.events.add("run"))
			.onFinish(() -> this.events.add("finished"));

		assertThat(List.of(next(), next(), next(), next())).containsExactly("run", "run", "run", "finished");
		assertThat(timer.isActive()).isFalse();
		assertThat(this.timers.pending()).isZero();
	}

	@Test
	void aTaskNeverOverlapsWithItself() throws InterruptedException {
		this.timers.start();
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CountDownLatch runs = new CountDownLatch(20);

		this.timers.runEvery(Duration.ofNanos(1), 20, () -> {
			most.accumulateAndGet(running.incrementAndGet(), Math::max);
			Thread.onSpinWait();
			running.decrementAndGet();
			runs.countDown();
		});

		assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(most).hasValue(1);
	}

	@Test
	void aTaskForEverRunsUntilItIsCancelled() throws InterruptedException {
		this.timers.start();
		Timer timer = this.timers.runEvery(Duration.ofMillis(1), 0, () -> this.events.add("run"));
		next();
		next();
		timer.onFinish(() -> this.events.add("finished"));

		assertThat(timer.cancel()).isTrue();

		while (!"finished".equals(next())) {
			assertThat(timer.isActive()).isFalse();
		}
		assertThat(this.events).isEmpty();
		assertThat(timer.cancel()).isFalse();
	}

	@Test
	void anExceptionEndsNothing() throws InterruptedException {
		this.timers.start();

		this.timers.runEvery(Duration.ofMillis(1), 2, () -> {
			this.events.add("run");
			throw new IllegalStateException("on purpose");
		}).onFinish(() -> this.events.add("finished"));

		assertThat(List.of(next(), next(), next())).containsExactly("run", "run", "finished");
	}

	@Test
	void anExceptionThatCannotBeLoggedEndsNothing() throws InterruptedException {
		this.timers.start();

		this.timers.runEvery(Duration.ofMillis(1), 2, () -> {
			this.events.add("run");
			throw new UnloggableException();
		}).onFinish(() -> this.events.add("finished"));

		assertThat(List.of(next(), next(), next())).containsExactly("run", "run", "finished");
		assertThat(this.timers.pending()).isZero();
		assertThat(this.timers.failures()).isEqualTo(2);
	}

	@Test
	void anExecutorThatFailsEndsTheTimer() {
		TaskTimers failing = new TaskTimers((task) -> {
			throw new NoClassDefFoundError("expected by this test");
		}, this.busy::get, MAX);
		failing.start();

		Timer now = failing.run(() -> this.events.add("run"));
		Timer later = failing.runAfter(Duration.ofMillis(1), () -> this.events.add("run"));

		Awaitility.await().untilAsserted(() -> assertThat(failing.pending()).isZero());
		assertThat(now.isActive()).isFalse();
		assertThat(later.isActive()).isFalse();
		assertThat(this.events).isEmpty();
		failing.stop();
	}

	@Test
	void whatIsAskedForBeforeTheStartRunsAfterIt() throws InterruptedException {
		this.timers.run(() -> this.events.add("run"));
		this.timers.runAfter(Duration.ofMillis(20), () -> this.events.add("later"));
		Timer cancelled = this.timers.run(() -> this.events.add("cancelled"));
		cancelled.cancel();
		assertThat(this.events).isEmpty();

		this.timers.start();

		assertThat(List.of(next(), next())).containsExactly("run", "later");
	}

	@Test
	void stoppingEndsAllAndCallsBack() throws InterruptedException {
		this.timers.start();
		Timer once = this.timers.runAfter(Duration.ofHours(1), () -> this.events.add("run"))
			.onFinish(() -> this.events.add("finished"));
		Timer idle = this.timers.onIdle(() -> this.events.add("run"));
		this.busy.set(true);

		this.timers.stop();

		assertThat(next()).isEqualTo("finished");
		assertThat(once.isActive()).isFalse();
		assertThat(idle.isActive()).isFalse();
		assertThat(this.timers.pending()).isZero();
		assertThatIllegalStateException().isThrownBy(() -> this.timers.run(() -> {
		}));
	}

	@Test
	void timersCanBeStartedAgain() throws InterruptedException {
		this.timers.start();
		this.timers.stop();

		this.timers.start();
		this.timers.run(() -> this.events.add("again"));

		assertThat(next()).isEqualTo("again");
	}

	@Test
	void anIdleTaskWaitsUntilNothingElseIsToBeDone() throws InterruptedException {
		this.timers.start();
		this.busy.set(true);
		this.timers.onIdle(() -> this.events.add("idle"));
		this.timers.runAfter(Duration.ofMillis(60), () -> {
			this.events.add("work");
			this.busy.set(false);
		});

		assertThat(List.of(next(), next())).containsExactly("work", "idle");
	}

	@Test
	void aFinishedTimerCallsBackAtOnce() throws InterruptedException {
		this.timers.start();
		Timer timer = this.timers.runAfter(Duration.ofDays(1), () -> {
		});
		timer.cancel();

		timer.onFinish(() -> this.events.add("finished"));

		assertThat(next()).isEqualTo("finished");
	}

	@Test
	void aHundredThousandTimersCostNoThreadAndAreGoneAfterCancel() {
		this.timers.start();
		this.timers.runAfter(Duration.ofDays(1), () -> {
		}).cancel();
		int threads = Thread.activeCount();
		List<Timer> all = new ArrayList<>();

		for (int i = 0; i < MAX; i++) {
			all.add(this.timers.runAfter(Duration.ofDays(1 + i % 1000), () -> {
			}));
		}

		assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
		assertThat(this.timers.pending()).isEqualTo(MAX);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.timers.run(() -> {
		})).withMessageContaining("iodine.timers.max");
		all.forEach(Timer::cancel);
		assertThat(this.timers.pending()).isZero();
	}

	@Test
	void timesThatMakeNoSenseAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.timers.runAfter(Duration.ofMillis(-1), () -> {
		}));
		assertThatIllegalArgumentException().isThrownBy(() -> this.timers.runEvery(Duration.ZERO, 1, () -> {
		}));
		assertThatIllegalArgumentException().isThrownBy(() -> this.timers.runEvery(Duration.ofMillis(1), -1, () -> {
		}));
		assertThat(this.timers.pending()).isZero();
	}

	@Test
	void aDelayOfCenturiesIsTaken() {
		this.timers.start();

		assertThat(this.timers.runAfter(Duration.ofSeconds(Long.MAX_VALUE), () -> {
		}).isActive()).isTrue();
	}

	private String next() throws InterruptedException {
		String event = this.events.poll(10, TimeUnit.SECONDS);
		assertThat(event).isNotNull();
		return event;
	}

}
