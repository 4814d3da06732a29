package io.iodine.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.EventExecutor;

/**
 * Looks after the connections of one event loop now and then: one timer a loop, none
 * while it has no connections. Belongs to its loop.
 */
final class DeadlineSweeper implements Runnable {

	private final EventExecutor loop;

	private final long intervalNanos;

	private final List<DeadlineChecked> guards = new ArrayList<>();

	private final byte[] window = new byte[1024];

	private boolean scheduled;

	DeadlineSweeper(EventExecutor loop, long intervalNanos) {
		this.loop = loop;
		this.intervalNanos = intervalNanos;
	}

	/** Working space, shared by the handlers of this event loop. */
	byte[] window() {
		return this.window;
	}

	/**
	 * Takes a connection in.
	 * @param guard its guard
	 * @return the place to give back
	 */
	int add(DeadlineChecked guard) {
		this.guards.add(guard);
		if (!this.scheduled) {
			schedule();
		}
		return this.guards.size() - 1;
	}

	void remove(int place) {
		DeadlineChecked last = this.guards.remove(this.guards.size() - 1);
		if (place < this.guards.size()) {
			this.guards.set(place, last);
			last.place(place);
		}
	}

	@Override
	public void run() {
		this.scheduled = false;
		long now = System.nanoTime();
		// backwards, as a look may end in remove, which moves the last one
		for (int i = this.guards.size() - 1; i >= 0; i--) {
			if (i < this.guards.size()) {
				this.guards.get(i).look(now);
			}
		}
		if (!this.guards.isEmpty()) {
			schedule();
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void schedule() {
		if (!this.loop.isShuttingDown()) {
			this.scheduled = true;
			this.loop.schedule(this, this.intervalNanos, TimeUnit.NANOSECONDS);
		}
	}

}
