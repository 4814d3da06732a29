package io.iodine.connection;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What happened, in order: each is taken, and waited for, once. */
public final class Events {

	private static final int PATIENCE_SECONDS = 30;

	private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();

	/**
	 * Something happened. Any thread.
	 * @param event what
	 */
	public void add(String event) {
		this.queue.add(event);
	}

	/**
	 * Waits for what happened next.
	 * @return the event
	 */
	public String next() {
		try {
			String event = this.queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
			if (event == null) {
				throw new AssertionError("Nothing happened within " + PATIENCE_SECONDS + " seconds");
			}
			return event;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Skips what is of no interest.
	 * @param prefix how the event of interest begins
	 * @return the event
	 */
	public String nextOf(String prefix) {
		String event = next();
		while (!event.startsWith(prefix)) {
			event = next();
		}
		return event;
	}

	/** How many happened and were not taken. */
	public int waiting() {
		return this.queue.size();
	}

}
