package io.iodine.pubsub;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;

/**
 * Says that something is being lost, at most once in ten seconds, with the count since it
 * was said last.
 */
public final class ThrottledLossLog {

	private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

	private final Log logger;

	private final AtomicLong silentUntil = new AtomicLong(System.nanoTime());

	private final AtomicLong unsaid = new AtomicLong();

	/**
	 * Says so in a log.
	 * @param logger the log
	 */
	public ThrottledLossLog(Log logger) {
		this.logger = logger;
	}

	/**
	 * One message was lost.
	 * @param what what it was, and why
	 */
	public void lost(String what) {
		this.unsaid.incrementAndGet();
		long now = System.nanoTime();
		long until = this.silentUntil.get();
		if (now - until >= 0 && this.silentUntil.compareAndSet(until, now + PAUSE)) {
			this.logger.warn(this.unsaid.getAndSet(0) + " lost: " + what);
		}
	}

}
