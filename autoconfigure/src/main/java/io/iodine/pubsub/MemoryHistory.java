package io.iodine.pubsub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * The history of this process: it ends with it, and each channel's begins with an epoch
 * of its own.
 */
final class MemoryHistory implements ChannelHistory {

	private final HistorySettings settings;

	private final LongSupplier nanoTime;

	/** By use, the longest unused first; guarded by itself. */
	private final Map<String, ChannelLog> logs = new LinkedHashMap<>(16, 0.75f, true);

	MemoryHistory(HistorySettings settings, LongSupplier nanoTime) {
		this.settings = settings;
		this.nanoTime = nanoTime;
	}

	boolean keeps(String channel) {
		return this.settings.keeps(channel);
	}

	/**
	 * Appends a message and hands it on with its position, so that the order of positions
	 * is that of delivery.
	 */
	void append(String channel, Message message, Consumer<Message> delivery) {
		ChannelLog log = logFor(channel);
		synchronized (log) {
			delivery.accept(log.append(message));
		}
	}

	@Override
	public CompletionStage<HistoryPage> since(String channel, Position since, int max) {
		return CompletableFuture.completedFuture(logFor(channel).since(since, max));
	}

	private ChannelLog logFor(String channel) {
		synchronized (this.logs) {
			ChannelLog log = this.logs.get(channel);
			if (log == null) {
				if (this.logs.size() >= this.settings.maxChannels()) {
					this.logs.remove(this.logs.keySet().iterator().next());
				}
				log = new ChannelLog(channel);
				this.logs.put(channel, log);
			}
			return log;
		}
	}

	/** The last messages of one channel, guarded by itself. */
	private final class ChannelLog {

		private final String epoch;

		private final Deque<Entry> entries = new ArrayDeque<>();

		private long last;

		ChannelLog(String channel) {
			this.epoch = Position.newEpoch(channel);
		}

		Message append(Message message) {
			Message placed = message.id(new Position(this.epoch, ++this.last).toString());
			this.entries.add(new Entry(placed, MemoryHistory.this.nanoTime.getAsLong()));
			forget();
			return placed;
		}

		synchronized HistoryPage since(Position since, int max) {
			forget();
			Position newest = new Position(this.epoch, this.last);
			long missed = this.last - since.offset();
			if (!since.epoch().equals(this.epoch) || missed < 0 || missed > this.entries.size()) {
				return new HistoryPage(false, List.of(), newest);
			}
			List<Message> messages = new ArrayList<>();
			this.entries.stream()
				.skip(this.entries.size() - missed)
				.limit(max)
				.forEach((entry) -> messages.add(entry.message));
			return new HistoryPage(true, messages, newest);
		}

		private void forget() {
			long oldest = MemoryHistory.this.nanoTime.getAsLong() - MemoryHistory.this.settings.timeToLive().toNanos();
			while (isTooMuch(this.entries.peekFirst(), oldest)) {
				this.entries.removeFirst();
			}
		}

		private boolean isTooMuch(@Nullable Entry first, long oldest) {
			return first != null
					&& (this.entries.size() > MemoryHistory.this.settings.size() || first.nanoTime - oldest < 0);
		}

	}

	private record Entry(Message message, long nanoTime) {
	}

}
