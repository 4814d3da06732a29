package io.iodine.autoconfigure;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

import io.iodine.concurrent.CallbackLoad;

import org.springframework.core.task.VirtualThreadTaskExecutor;

/** A virtual thread for each run of callbacks. No callback waits for another one. */
final class VirtualCallbackThreads implements Executor, CallbackLoad {

	private final Executor threads = new VirtualThreadTaskExecutor("iodine-callback-");

	private final LongAdder running = new LongAdder();

	@Override
	public void execute(Runnable task) {
		this.threads.execute(() -> {
			this.running.increment();
			try {
				task.run();
			}
			finally {
				this.running.decrement();
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

}
