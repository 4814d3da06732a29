package io.iodine.connection.fanout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/** An event loop whose turns a test takes. */
final class QueuedLoop implements FanoutEventLoop {

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private final List<Delivery> deliveries = new ArrayList<>();

	/** Bytes that are reserved. */
	long reserved;

	/** Whether deliveries pause. */
	boolean timeUp;

	/** Whether nothing more can be reserved. */
	boolean full;

	/** Number of tasks that wait. */
	int waiting() {
		return this.tasks.size();
	}

	/** Thrown instead of taking a task; null for none. */
	@Nullable Error broken;

	/** Thrown instead of taking a delivery; null for none. */
	@Nullable Error brokenDelivery;

	@Override
	public void post(Runnable task) {
		if (this.broken != null) {
			throw this.broken;
		}
		this.tasks.add(task);
	}

	@Override
	public boolean reserve(int bytes, long max) {
		if (this.full) {
			return false;
		}
		this.reserved += bytes;
		return true;
	}

	@Override
	public void unreserve(int bytes) {
		this.reserved -= bytes;
	}

	@Override
	public void deliverLater(Delivery delivery) {
		if (this.brokenDelivery != null) {
			throw this.brokenDelivery;
		}
		this.deliveries.add(delivery);
	}

	@Override
	public boolean isTimeUp() {
		return this.timeUp;
	}

	/** Number of deliveries that wait for the next turn. */
	int deliveries() {
		return this.deliveries.size();
	}

	/** Takes a turn. */
	void turn() {
		for (Runnable task; (task = this.tasks.poll()) != null;) {
			task.run();
		}
		List<Delivery> filled = List.copyOf(this.deliveries);
		this.deliveries.clear();
		filled.forEach((delivery) -> delivery.deliver(false));
	}

}
