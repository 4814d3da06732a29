package io.iodine.pubsub;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/** The last messages of one channel in memory. Guarded by its history. */
final class MemoryLog {

	/** What a message costs beside its content. */
	private static final int OVERHEAD = 256;

	private final String epoch;

	private final Retention retention;

	private final long maxBytes;

	private final Deque<Entry> entries = new ArrayDeque<>();

	/** Positions of messages that have a key. */
	private final Map<String, String> byKey = new HashMap<>();

	private long last;

	private long bytes;

	MemoryLog(String channel, HistorySettings settings) {
		this.retention = settings.retention(channel);
		this.maxBytes = settings.maxChannelBytes();
		this.epoch = Position.newEpoch(channel);
	}

	Message append(Message message, @Nullable String key, long nanoTime) {
		Message placed = message.id(new Position(this.epoch, ++this.last).toString());
		Entry entry = new Entry(placed, key, nanoTime);
		this.entries.add(entry);
		this.bytes += entry.bytes();
		if (key != null) {
			this.byKey.put(key, placed.id().orElseThrow());
		}
		return placed;
	}

	@Nullable String positionOf(String key) {
		return this.byKey.get(key);
	}

	HistoryPage since(Position since, int max) {
		Position newest = new Position(this.epoch, this.last);
		long missed = this.last - since.offset();
		if (!since.epoch().equals(this.epoch) || missed < 0 || missed > this.entries.size()) {
			return new HistoryPage(false, List.of(), newest);
		}
		return new HistoryPage(true, messages(missed, max), newest);
	}

	List<Message> last(int max) {
		return messages(Math.min(max, this.entries.size()), max);
	}

	private List<Message> messages(long newest, int max) {
		return this.entries.stream().skip(this.entries.size() - newest).limit(max).map(Entry::message).toList();
	}

	long bytes() {
		return this.bytes;
	}

	/** Removes what is too old, and the oldest of what is too much. */
	void forget(long nanoTime) {
		long oldest = nanoTime - this.retention.timeToLive().toNanos();
		Entry first = this.entries.peekFirst();
		while (first != null && (this.entries.size() > this.retention.size() || this.bytes > this.maxBytes
				|| first.nanoTime - oldest < 0)) {
			this.entries.removeFirst();
			this.bytes -= first.bytes();
			if (first.key != null) {
				this.byKey.remove(first.key);
			}
			first = this.entries.peekFirst();
		}
	}

	private record Entry(Message message, @Nullable String key, long nanoTime) {

		long bytes() {
			return (long) this.message.size() + OVERHEAD + ((this.key != null) ? this.key.length() : 0);
		}

	}

}
