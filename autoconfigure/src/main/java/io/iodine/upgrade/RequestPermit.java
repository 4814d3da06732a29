package io.iodine.upgrade;

import java.util.Optional;
import java.util.function.Supplier;

import io.iodine.connection.limit.Permit;
import io.iodine.connection.limit.RejectionReason;
import org.jspecify.annotations.Nullable;

/**
 * The permit of one request to open a connection. It is acquired at most once, and
 * released when the request goes on to the application or its exchange ends, unless a
 * connection has armed it.
 */
final class RequestPermit {

	/** Of exchanges that have ended, so that a connection keeps none of its own. */
	static final RequestPermit ENDED = new RequestPermit();

	static {
		ENDED.end();
	}

	/** Guarded by this. */
	private @Nullable Permit permit;

	/** Whether the exchange has ended, after which no permit is acquired. */
	private boolean ended;

	/**
	 * Acquires the permit, unless it has been.
	 * @param limiter grants it
	 * @return why it is not granted
	 */
	synchronized Optional<RejectionReason> acquire(Supplier<Permit> limiter) {
		Permit current = this.permit;
		if (current == null) {
			current = limiter.get();
			this.permit = current;
		}
		return current.rejection();
	}

	/** The permit; one that counts nowhere before one was acquired. */
	synchronized Permit current() {
		return (this.permit != null) ? this.permit : Permit.uncounted();
	}

	/** Releases the permit; another may be acquired while the exchange lasts. */
	synchronized void release() {
		current().release();
		if (!this.ended) {
			this.permit = null;
		}
	}

	/** Releases the permit for good. */
	synchronized void end() {
		this.ended = true;
		Permit last = current();
		last.release();
		// an upgrade that is still being decided finds it released, and acquires no other
		this.permit = last;
	}

}
