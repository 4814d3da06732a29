package io.iodine.connection.fanout;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * Publishers of one channel excluded from their own messages. An engine may return a
 * message late and as a copy, so it is recognized by channel and content only. Bounded:
 * without a match in time, or when too many wait, the publisher gets its copy. Any
 * thread.
 */
final class ExcludedPublishers {

	private static final int MAX = 1024;

	static final long LIFETIME = Duration.ofSeconds(30).toNanos();

	/** Nanoseconds, of any beginning. */
	private final LongSupplier clock;

	/** Guarded by this; the oldest first. */
	private final Deque<Excluded> waiting = new ArrayDeque<>(4);

	/** Read without the lock. */
	private volatile boolean empty = true;

	ExcludedPublishers() {
		this(System::nanoTime);
	}

	ExcludedPublishers(LongSupplier clock) {
		this.clock = clock;
	}

	boolean isEmpty() {
		return this.empty;
	}

	/**
	 * Excludes a publisher from one message.
	 * @param channel the channel it is published to
	 * @param message the message
	 * @param publisher the publisher
	 * @return undoes the exclusion if the message was not published
	 */
	synchronized Runnable add(String channel, Message message, Recipient publisher) {
		forgetOld();
		if (this.waiting.size() >= MAX) {
			this.waiting.removeFirst();
		}
		Excluded excluded = new Excluded(channel, Content.of(message), publisher, this.clock.getAsLong());
		this.waiting.addLast(excluded);
		this.empty = false;
		return () -> remove(excluded);
	}

	/**
	 * Finds the publisher that does not receive a message, for this one time.
	 * @param channel the channel it was published to
	 * @param message the message
	 * @return the publisher; null when all subscribers receive it
	 */
	synchronized @Nullable Recipient take(String channel, Message message) {
		forgetOld();
		Content content = Content.of(message);
		for (Iterator<Excluded> each = this.waiting.iterator(); each.hasNext();) {
			Excluded next = each.next();
			if (next.content.equals(content) && next.channel.equals(channel)) {
				each.remove();
				this.empty = this.waiting.isEmpty();
				return next.publisher;
			}
		}
		return null;
	}

	private synchronized void remove(Excluded excluded) {
		this.waiting.remove(excluded);
		this.empty = this.waiting.isEmpty();
	}

	private void forgetOld() {
		long oldest = this.clock.getAsLong() - LIFETIME;
		this.waiting.removeIf((excluded) -> excluded.since - oldest < 0 || !excluded.publisher.isOpen());
		this.empty = this.waiting.isEmpty();
	}

	private record Excluded(String channel, Content content, Recipient publisher, long since) {

	}

	/** Two hashes instead of the bytes, which may be many. */
	private record Content(int size, int hash, long checksum) {

		static Content of(Message message) {
			CRC32C checksum = new CRC32C();
			checksum.update(message.asByteBuffer());
			return new Content(message.size(), message.asByteBuffer().hashCode(), checksum.getValue());
		}

	}

}
