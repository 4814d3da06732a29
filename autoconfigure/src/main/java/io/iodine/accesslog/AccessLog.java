package io.iodine.accesslog;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries on a thread of its own. Adding never waits: when the queue is full, the
 * entry is dropped and counted.
 */
public final class AccessLog {

	private static final Log logger = LogFactory.getLog(AccessLog.class);

	private static final int BATCH = 512;

	/**
	 * Lines of busy times are written together, so that a request does not wake the
	 * writer and costs no write of its own. A line that comes alone is written at once.
	 */
	private static final long GATHERING = Duration.ofMillis(5).toNanos();

	/** A queue of fewer could be full by then. */
	private static final int ROOM_TO_GATHER = 1024;

	private static final long WARNING_INTERVAL = Duration.ofSeconds(10).toNanos();

	// nothing to write, but a reason to wake up
	private static final AccessEntry WAKE_UP = new AccessEntry(0, "", null, "", "", "", 0, 0, Duration.ZERO, null, null,
			null, null);

	private final AccessFormat format;

	private final LineTarget target;

	private final LineRules rules;

	private final BlockingQueue<AccessEntry> waiting;

	private final boolean gathers;

	private final AtomicLong dropped = new AtomicLong();

	private final Timestamps times = new Timestamps(ZoneId.systemDefault());

	private volatile boolean stopping;

	private volatile boolean reopening;

	private @Nullable Thread writer;

	private long wroteAt = System.nanoTime() - GATHERING;

	private long warnedAt = System.nanoTime() - WARNING_INTERVAL;

	private long warnedOf;

	AccessLog(AccessFormat format, LineTarget target, int maxPending) {
		this(format, target, maxPending, LineRules.DEFAULT);
	}

	/**
	 * A log that doesn't write yet.
	 * @param format how an entry looks
	 * @param target where lines go
	 * @param maxPending how many entries may wait
	 * @param rules what of a client's values comes into a line
	 */
	public AccessLog(AccessFormat format, LineTarget target, int maxPending, LineRules rules) {
		this.format = format;
		this.rules = rules;
		this.target = target;
		this.waiting = new ArrayBlockingQueue<>(maxPending);
		this.gathers = maxPending >= ROOM_TO_GATHER;
	}

	/** Starts writing. */
	public synchronized void start() {
		if (this.writer == null) {
			this.stopping = false;
			this.writer = new Thread(this::write, "iodine-access-log");
			this.writer.setDaemon(true);
			this.writer.start();
		}
	}

	/**
	 * Writes what waits, and stops.
	 * @param timeout how long that may take
	 * @throws InterruptedException when the waiting thread is interrupted
	 */
	public synchronized void stop(Duration timeout) throws InterruptedException {
		Thread last = this.writer;
		if (last != null) {
			this.stopping = true;
			if (!this.waiting.offer(WAKE_UP)) {
				logger.debug("the access log has much to write before it stops");
			}
			last.join(Math.max(1, timeout.toMillis()));
			this.writer = null;
		}
	}

	/**
	 * Has the target opened again before the next line, as servers do on a HUP signal. A
	 * file that was renamed needs no request: it is noticed.
	 */
	public void reopen() {
		this.reopening = true;
	}

	/** How many entries were dropped because too many waited. */
	public long dropped() {
		return this.dropped.get();
	}

	void add(AccessEntry entry) {
		if (!this.waiting.offer(entry)) {
			this.dropped.incrementAndGet();
		}
	}

	private void write() {
		List<AccessEntry> entries = new ArrayList<>(BATCH);
		while (!this.stopping || !this.waiting.isEmpty()) {
			try {
				entries.add(this.waiting.take());
				gather();
				this.waiting.drainTo(entries, BATCH - 1);
				entries.remove(WAKE_UP);
				write(entries);
				this.wroteAt = System.nanoTime();
			}
			catch (InterruptedException ex) {
				this.stopping = true;
			}
			entries.clear();
			warnOfDrops();
		}
		close();
	}

	/** Waits for more lines, unless this one came alone or many wait. */
	private void gather() {
		long pause = GATHERING - (System.nanoTime() - this.wroteAt);
		if (this.gathers && pause > 0 && !this.stopping && this.waiting.size() < BATCH) {
			LockSupport.parkNanos(pause);
		}
	}

	private void write(List<AccessEntry> entries) {
		if (entries.isEmpty()) {
			return;
		}
		try {
			List<String> lines = lines(entries);
			if (this.reopening) {
				this.reopening = false;
				this.target.close();
			}
			this.target.write(lines);
		}
		catch (Throwable ex) {
			// the thread goes on, whatever was wrong with these
			this.dropped.addAndGet(entries.size());
			warn("The access log can't be written", ex);
		}
	}

	private List<String> lines(List<AccessEntry> entries) {
		List<String> lines = new ArrayList<>(entries.size());
		StringBuilder line = new StringBuilder(256);
		for (AccessEntry entry : entries) {
			line.setLength(0);
			this.format.append(line, this.rules.apply(entry), this.times);
			this.format.appendRequestId(line, entry);
			lines.add(line.toString());
		}
		return lines;
	}

	private void warnOfDrops() {
		long drops = this.dropped.get();
		if (drops > this.warnedOf && warn("The access log has dropped " + drops
				+ " lines since it started. If its target can't be faster, raise iodine.access-log.max-pending.",
				null)) {
			this.warnedOf = drops;
		}
	}

	private boolean warn(String warning, @Nullable Throwable cause) {
		long now = System.nanoTime();
		if (now - this.warnedAt < WARNING_INTERVAL) {
			return false;
		}
		this.warnedAt = now;
		SafeLog.guard(logger, "A warning of the access log", () -> logger.warn(warning, cause));
		return true;
	}

	private void close() {
		try {
			this.target.close();
		}
		catch (IOException ex) {
			logger.warn("The access log can't be closed", ex);
		}
	}

}
