package io.iodine.connection.limit;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Bounds the memory of all messages that wait for slow readers: over the maximum, the
 * connections with most waiting bytes are closed, until a tenth of it is free. Any
 * thread.
 *
 * @param <C> the type of connections
 */
public final class SendMemoryLimiter<C> {

	private final long max;

	private final ToLongFunction<C> pendingBytes;

	private final Consumer<C> close;

	private final AtomicBoolean easing = new AtomicBoolean();

	/** What was added since all connections were last looked at. */
	private final AtomicLong grown = new AtomicLong();

	/**
	 * What may be added until it is worth looking again. At least a sixteenth of the
	 * maximum, so that bytes that closing connections hold don't make each write look.
	 */
	private volatile long room;

	/**
	 * Creates a limiter.
	 * @param max the maximum number of bytes
	 * @param pendingBytes the bytes that wait for a connection, 0 for one that is closing
	 * @param close closes a connection and discards what waits for it
	 */
	public SendMemoryLimiter(long max, ToLongFunction<C> pendingBytes, Consumer<C> close) {
		this.max = max;
		this.pendingBytes = pendingBytes;
		this.close = close;
	}

	/**
	 * Closes connections when too much waits.
	 * @param more bytes that wait since now
	 * @param blocked bytes that wait for slow readers, as event loops have counted them,
	 * and those of connections that are closing
	 * @param open all connections
	 */
	public void grew(long more, long blocked, Supplier<? extends Collection<C>> open) {
		if (blocked <= this.max) {
			if (this.room != 0) {
				this.room = 0;
			}
			return;
		}
		if (this.grown.addAndGet(more) >= this.room && this.easing.compareAndSet(false, true)) {
			try {
				this.grown.set(0);
				long total = ease(open.get()
					.stream()
					.map((connection) -> new Share<>(connection, this.pendingBytes.applyAsLong(connection)))
					.filter((share) -> share.bytes() > 0)
					.toList());
				this.room = Math.max(this.max - total, this.max / 16);
			}
			finally {
				this.easing.set(false);
			}
		}
	}

	/** Returns what still waits for open connections. */
	private long ease(List<Share<C>> shares) {
		long total = shares.stream().mapToLong(Share::bytes).sum();
		if (total <= this.max) {
			return total;
		}
		Comparator<Share<C>> largestFirst = Comparator.<Share<C>>comparingLong(Share::bytes).reversed();
		for (Share<C> share : shares.stream().sorted(largestFirst).toList()) {
			if (total <= this.max - this.max / 10) {
				return total;
			}
			this.close.accept(share.connection());
			total -= share.bytes();
		}
		return total;
	}

	/**
	 * The bytes that wait for a connection at one moment.
	 *
	 * @param <C> the type of connections
	 * @param connection the connection
	 * @param bytes bytes that wait for it
	 */
	private record Share<C>(C connection, long bytes) {

	}

}
