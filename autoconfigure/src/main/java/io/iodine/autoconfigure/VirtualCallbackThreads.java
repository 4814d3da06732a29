package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

import io.iodine.concurrent.CallbackLoad;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/** A virtual thread for each run of callbacks. No callback waits for another one. */
final class VirtualCallbackThreads implements Executor, CallbackLoad, DisposableBean {

	private static final Duration LAST_TASKS = Duration.ofSeconds(1);

	private final SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("iodine-callback-");

	private final LongAdder running = new LongAdder();

	private final LongAdder completed = new LongAdder();

	VirtualCallbackThreads() {
		this.threads.setVirtualThreads(true);
		this.threads.setTaskTerminationTimeout(LAST_TASKS.toMillis());
	}

	@Override
	public void execute(Runnable task) {
		this.threads.execute(() -> {
			this.running.increment();
			try {
				task.run();
			}
			finally {
				this.running.decrement();
				this.completed.increment();
			}
		});
	}

	@Override
	public int active() {
		return this.running.intValue();
	}

	@Override
	public int queued() {
		return 0;
	}

	@Override
	public long completed() {
		return this.completed.sum();
	}

	@Override
	public Optional<Integer> limit() {
		return Optional.empty();
	}

	/** Waits for what is running, then interrupts it. Takes no more tasks. */
	@Override
	public void destroy() {
		this.threads.close();
	}

}
