package io.iodine.connection;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.iodine.concurrent.SafeLog;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The timing wheel of one event loop (Varghese and Lauck, 1987): one timer for all its
 * connections, armed for the first slot that has any, so that an empty wheel costs
 * nothing. Belongs to the event loop.
 */
final class IdleWheel implements Runnable {

	/** The resolution of all idle times. */
	static final int TICK_MILLIS = 20;

	private static final int SLOTS = 2048;

	private static final Log logger = LogFactory.getLog(IdleWheel.class);

	private final EventLoop loop;

	private final @Nullable Keepalive[] slots = new @Nullable Keepalive[SLOTS];

	private final long origin = System.nanoTime();

	private int entries;

	/** The tick up to which slots were visited. */
	private long visited;

	private long armedFor = Long.MAX_VALUE;

	private @Nullable ScheduledFuture<?> timer;

	private long now;

	IdleWheel(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * Reads the clock.
	 * @return milliseconds since the wheel was made
	 */
	long readClock() {
		this.now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.origin);
		return this.now;
	}

	/**
	 * The time at which the clock was last read.
	 * @return milliseconds since the wheel was made
	 */
	long now() {
		return this.now;
	}

	/** Number of scheduled visits. */
	int size() {
		return this.entries;
	}

	/**
	 * Schedules a visit, replacing an earlier one.
	 * @param keepalive the keepalive to visit
	 * @param delay the delay in milliseconds
	 */
	void visit(Keepalive keepalive, int delay) {
		cancel(keepalive);
		long clock = readClock();
		if (this.entries == 0) {
			this.visited = clock / TICK_MILLIS;
		}
		long ticks = Math.min(Math.max(1, (clock + delay + TICK_MILLIS - 1) / TICK_MILLIS - this.visited), SLOTS - 1);
		long tick = this.visited + ticks;
		link(keepalive, (int) (tick % SLOTS));
		arm(tick);
	}

	/**
	 * Cancels a visit.
	 * @param keepalive the keepalive
	 */
	void cancel(Keepalive keepalive) {
		if (keepalive.slot >= 0) {
			unlink(keepalive);
		}
	}

	@Override
	public void run() {
		this.armedFor = Long.MAX_VALUE;
		long tick = readClock() / TICK_MILLIS;
		while (this.visited < tick && this.entries > 0) {
			this.visited++;
			visitSlot((int) (this.visited % SLOTS));
		}
		armForFirst();
	}

	/**
	 * A visit is scheduled at least a tick and less than a round ahead, so never in this
	 * slot again.
	 */
	private void visitSlot(int slot) {
		for (Keepalive due; (due = this.slots[slot]) != null;) {
			unlink(due);
			Keepalive visited = due;
			SafeLog.guard(logger, "The keep-alive of a connection", () -> visit(visited));
		}
	}

	private void visit(Keepalive due) {
		int delay = due.visited(this.now);
		if (delay > 0) {
			visit(due, delay);
		}
	}

	private void link(Keepalive keepalive, int slot) {
		Keepalive head = this.slots[slot];
		keepalive.slot = slot;
		keepalive.next = head;
		if (head != null) {
			head.previous = keepalive;
		}
		this.slots[slot] = keepalive;
		this.entries++;
	}

	private void unlink(Keepalive keepalive) {
		Keepalive previous = keepalive.previous;
		Keepalive next = keepalive.next;
		if (previous != null) {
			previous.next = next;
		}
		else {
			this.slots[keepalive.slot] = next;
		}
		if (next != null) {
			next.previous = previous;
		}
		keepalive.previous = null;
		keepalive.next = null;
		keepalive.slot = -1;
		this.entries--;
	}

	private void armForFirst() {
		for (int ahead = 1; ahead < SLOTS && this.entries > 0; ahead++) {
			if (this.slots[(int) ((this.visited + ahead) % SLOTS)] != null) {
				arm(this.visited + ahead);
				return;
			}
		}
	}

	private void arm(long tick) {
		if (tick >= this.armedFor) {
			return;
		}
		if (this.timer != null) {
			this.timer.cancel(false);
		}
		this.armedFor = tick;
		try {
			this.timer = this.loop.schedule(this, Math.max(1, tick * TICK_MILLIS - this.now), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			this.timer = null;
		}
	}

}
