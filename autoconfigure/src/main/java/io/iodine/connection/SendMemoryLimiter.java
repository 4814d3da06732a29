package io.iodine.connection;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Holds what waits for all slow readers together to its bound: over it, those for whom
 * most waits go first, until a tenth of it is free. Any thread.
 */
final class SendMemoryLimiter {

	private final long max;

	private final AtomicBoolean easing = new AtomicBoolean();

	SendMemoryLimiter(long max) {
		this.max = max;
	}

	/**
	 * More waits than before.
	 * @param stuck how many bytes, as event loops have counted them
	 * @param open all connections
	 */
	void grew(long stuck, Collection<NettyConnection> open) {
		if (stuck > this.max && this.easing.compareAndSet(false, true)) {
			try {
				ease(open.stream().map(Share::of).filter((share) -> share.bytes() > 0).toList());
			}
			finally {
				this.easing.set(false);
			}
		}
	}

	private void ease(List<Share> shares) {
		long total = shares.stream().mapToLong(Share::bytes).sum();
		if (total <= this.max) {
			return;
		}
		List<Share> worstFirst = shares.stream().sorted(Comparator.comparingInt(Share::bytes).reversed()).toList();
		for (Share share : worstFirst) {
			if (total <= this.max - this.max / 10) {
				return;
			}
			share.connection().overflowed("too much waits for slow readers", "iodine.send-queue.max-total-size");
			total -= share.bytes();
		}
	}

	/**
	 * What waits for one, at one moment.
	 *
	 * @param connection who
	 * @param bytes how much
	 */
	private record Share(NettyConnection connection, int bytes) {

		static Share of(NettyConnection connection) {
			return new Share(connection, connection.isOpen() ? connection.sendQueue().pendingWrites().bytes() : 0);
		}

	}

}
