package io.iodine.connection;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one event loop whose callbacks became due in one turn. Callback
 * threads share them out: each that sets out asks for one more, so that a handler that
 * blocks holds up nobody, and fast ones cost a wake-up or two for all of them.
 */
final class CallbackBatch implements Runnable {

	/** What finished callbacks have written waits no longer than this for the others. */
	private static final long MAX_WAIT_NANOS = 200_000;

	private final SerialExecutor[] queues;

	private final EventLoopTasks turn;

	private final AtomicInteger taken = new AtomicInteger();

	CallbackBatch(List<SerialExecutor> queues, EventLoopTasks turn) {
		this.queues = queues.toArray(SerialExecutor[]::new);
		this.turn = turn;
	}

	void submit() {
		this.queues[0].submit(this);
	}

	@Override
	public void run() {
		int next = this.taken.getAndIncrement();
		if (next >= this.queues.length) {
			return;
		}
		if (next < this.queues.length - 1) {
			submit();
		}
		long woken = System.nanoTime();
		for (; next < this.queues.length; next = this.taken.getAndIncrement()) {
			this.queues[next].run();
			long now = System.nanoTime();
			if (now - woken > MAX_WAIT_NANOS) {
				woken = now;
				this.turn.wake();
			}
		}
		this.turn.release();
	}

}
