package io.iodine.test;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Runs the callbacks of a test on its thread, one after another: a callback that another
 * one causes runs when that one has returned.
 */
final class SerialCalls {

	private final Queue<Call> waiting = new ArrayDeque<>();

	private boolean running;

	/**
	 * Runs a callback, or puts it behind the one that is running.
	 * @param call the callback
	 * @throws AssertionError when a callback throws a checked exception
	 */
	void run(Call call) {
		this.waiting.add(call);
		if (this.running) {
			return;
		}
		this.running = true;
		try {
			for (Call next = this.waiting.poll(); next != null; next = this.waiting.poll()) {
				next.run();
			}
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new AssertionError("a callback of the handler failed", ex);
		}
		finally {
			this.running = false;
		}
	}

	/** A callback. */
	interface Call {

		void run() throws Exception;

	}

}
