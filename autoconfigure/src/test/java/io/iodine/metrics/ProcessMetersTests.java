package io.iodine.metrics;

import java.time.Duration;
import java.util.List;

import io.iodine.process.WorkerStatus;
import io.iodine.timer.TaskTimers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link ProcessMeters}. */
class ProcessMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void timersAreCountedAndTheirFailuresToo() {
		TaskTimers timers = new TaskTimers(Runnable::run, () -> false, 10);
		ProcessMeters.timers(timers).bindTo(this.registry);
		timers.start();

		timers.runAfter(Duration.ofHours(1), () -> {
		});
		timers.run(() -> {
			throw new IllegalStateException("on purpose");
		});

		assertThat(this.registry.get("iodine.timers").gauge().value()).isOne();
		assertThat(this.registry.get("iodine.timers.failed").functionCounter().count()).isOne();
		timers.stop();
		assertThat(this.registry.get("iodine.timers").gauge().value()).isZero();
	}

	@Test
	void workersAreCountedByState() {
		ProcessMeters.workers(() -> List.of(new WorkerStatus(1, 1, 100, "READY"), new WorkerStatus(2, 1, 101, "READY"),
				new WorkerStatus(2, 2, 102, "STARTING")))
			.bindTo(this.registry);

		assertThat(workers("ready")).isEqualTo(2);
		assertThat(workers("starting")).isOne();
		assertThat(workers("stopping")).isZero();
	}

	private double workers(String state) {
		return this.registry.get("iodine.cluster.workers").tag("state", state).gauge().value();
	}

}
