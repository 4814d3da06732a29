package io.iodine.connection;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.concurrent.CallbackExecutor;
import io.iodine.concurrent.CallerRunsCheck;

/**
 * The connections of one event loop whose callbacks became due in one run. Callback
 * threads share them: each thread that begins requests one more, so that a blocking
 * handler delays no other connection, and fast handlers cost one or two wake-ups in all.
 */
final class CallbackBatch implements Runnable {

	/**
	 * Maximum time for which writes of finished callbacks wait for the other callbacks.
	 */
	private static final long MAX_WAIT_NANOS = 200_000;

	private final ConnectionCallbacks[] connections;

	private final EventLoopTasks tasks;

	private final AtomicInteger taken = new AtomicInteger();

	private final CallerRunsCheck caller = new CallerRunsCheck();

	CallbackBatch(List<ConnectionCallbacks> connections, EventLoopTasks tasks) {
		this.connections = connections.toArray(ConnectionCallbacks[]::new);
		this.tasks = tasks;
	}

	/** Requests a callback thread, or submits each connection separately. */
	void submit() {
		if (!this.connections[0].submit(this)) {
			for (int next; (next = this.taken.getAndIncrement()) < this.connections.length;) {
				this.connections[next].submit();
			}
			this.tasks.release();
		}
	}

	CallbackExecutor.Submission submitTo(CallbackExecutor executor) {
		return executor.submit(this, this.caller);
	}

	@Override
	public void run() {
		if (this.caller.isCaller()) {
			return;
		}
		int next = this.taken.getAndIncrement();
		if (next >= this.connections.length) {
			return;
		}
		try {
			if (next < this.connections.length - 1) {
				submit();
			}
			run(next);
		}
		finally {
			this.tasks.release();
		}
	}

	private void run(int first) {
		long woken = System.nanoTime();
		for (int next = first; next < this.connections.length; next = this.taken.getAndIncrement()) {
			this.connections[next].run();
			long now = System.nanoTime();
			if (now - woken > MAX_WAIT_NANOS) {
				woken = now;
				this.tasks.wake();
			}
		}
	}

}
