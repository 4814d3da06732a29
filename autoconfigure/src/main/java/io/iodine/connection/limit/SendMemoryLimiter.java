package io.iodine.connection.limit;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
	 * @param blocked bytes that wait for slow readers, as event loops have counted them
	 * @param open all connections
	 */
	public void grew(long blocked, Collection<C> open) {
		if (blocked > this.max && this.easing.compareAndSet(false, true)) {
			try {
				ease(open.stream()
					.map((connection) -> new Share<>(connection, this.pendingBytes.applyAsLong(connection)))
					.filter((share) -> share.bytes() > 0)
					.toList());
			}
			finally {
				this.easing.set(false);
			}
		}
	}

	private void ease(List<Share<C>> shares) {
		long total = shares.stream().mapToLong(Share::bytes).sum();
		if (total <= this.max) {
			return;
		}
		Comparator<Share<C>> largestFirst = Comparator.<Share<C>>comparingLong(Share::bytes).reversed();
		for (Share<C> share : shares.stream().sorted(largestFirst).toList()) {
			if (total <= this.max - this.max / 10) {
				return;
			}
			this.close.accept(share.connection());
			total -= share.bytes();
		}
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
