package io.iodine.autoconfigure;

import io.iodine.timer.TaskTimers;

import org.springframework.context.SmartLifecycle;

/**
 * Starts timers with the context, and ends them after its connections were drained and
 * before its web server stops.
 */
final class TimerLifecycle implements SmartLifecycle {

	static final int PHASE = ConnectionDrain.PHASE - 1024;

	private final TaskTimers timers;

	private volatile boolean running;

	TimerLifecycle(TaskTimers timers) {
		this.timers = timers;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void start() {
		this.timers.start();
		this.running = true;
	}

	@Override
	public void stop() {
		this.timers.stop();
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
