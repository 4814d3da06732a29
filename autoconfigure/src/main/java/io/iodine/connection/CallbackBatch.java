package io.iodine.connection;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.concurrent.CallbackExecutor;
import io.iodine.concurrent.CallerCheck;

/**
 * The connections of one event loop whose callbacks became due in one turn. Callback
 * threads share them out: each that begins asks for one more thread, so that a handler
 * that blocks delays no other, and fast ones cost a wake-up or two for all of them.
 */
final class CallbackBatch implements Runnable {

	/**
	 * The longest time that what finished callbacks have written waits for the others.
	 */
	private static final long MAX_WAIT_NANOS = 200_000;

	private final ConnectionCallbacks[] connections;

	private final EventLoopTasks turn;

	private final AtomicInteger taken = new AtomicInteger();

	private final CallerCheck caller = new CallerCheck();

	CallbackBatch(List<ConnectionCallbacks> connections, EventLoopTasks turn) {
		this.connections = connections.toArray(ConnectionCallbacks[]::new);
		this.turn = turn;
	}

	/** Asks for a callback thread, or submits each connection by itself. */
	void submit() {
		if (!this.connections[0].submit(this)) {
			for (int next; (next = this.taken.getAndIncrement()) < this.connections.length;) {
				this.connections[next].submit();
			}
			this.turn.release();
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
			this.turn.release();
		}
	}

	private void run(int first) {
		long woken = System.nanoTime();
		for (int next = first; next < this.connections.length; next = this.taken.getAndIncrement()) {
			this.connections[next].run();
			long now = System.nanoTime();
			if (now - woken > MAX_WAIT_NANOS) {
				woken = now;
				this.turn.wake();
			}
		}
	}

}
