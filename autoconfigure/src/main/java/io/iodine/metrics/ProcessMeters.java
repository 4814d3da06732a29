package io.iodine.metrics;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import io.iodine.net.Listeners;
import io.iodine.process.WorkerProcess;
import io.iodine.process.WorkerStatus;
import io.iodine.timer.TaskTimers;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Meters of timers, listeners and workers. */
public final class ProcessMeters {

	/** What the master says of a worker that has not ended. */
	private static final List<String> STATES = List.of("STARTING", "READY", "STOPPING");

	private ProcessMeters() {
	}

	/**
	 * The meters of timers.
	 * @param timers the timers
	 * @return binds them to a registry
	 */
	public static MeterBinder timers(TaskTimers timers) {
		return (registry) -> {
			Meters meters = new Meters(registry);
			meters.gauge(IodineMeter.TIMERS, timers, TaskTimers::pending);
			meters.counted(IodineMeter.TIMERS_FAILED, timers, TaskTimers::failures);
		};
	}

	/**
	 * The meter of listeners.
	 * @param listeners the listeners
	 * @return binds it to a registry
	 */
	public static MeterBinder listeners(Listeners listeners) {
		return (registry) -> new Meters(registry).gauge(IodineMeter.LISTENERS, listeners, (all) -> all.active().size());
	}

	/**
	 * The meters of the workers of a cluster.
	 * @param worker the process that answers
	 * @return binds them to a registry
	 */
	public static MeterBinder workers(WorkerProcess worker) {
		return workers(worker::workers);
	}

	static MeterBinder workers(Supplier<? extends Collection<WorkerStatus>> workers) {
		return (registry) -> {
			Meters meters = new Meters(registry);
			for (String state : STATES) {
				meters.gauge(IodineMeter.WORKERS, workers,
						(all) -> all.get().stream().filter((worker) -> worker.state().equals(state)).count(),
						state.toLowerCase(Locale.ROOT));
			}
		};
	}

}
