package io.iodine.pubsub;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * The history of this process: it ends with it, and each channel's begins with an epoch
 * of its own. Bounded in bytes for each channel and for all; a timer removes what is too
 * old. One lock, under which nothing foreign is called, guards all channels; a lock a
 * channel, taken first, keeps the order of delivery.
 */
public final class MemoryHistory implements ChannelHistory, AutoCloseable {

	private static final long SHORTEST_SWEEP = 100;

	private static final long LONGEST_SWEEP = 10_000;

	private final HistorySettings settings;

	private final LongSupplier nanoTime;

	/** By use, the longest unused first; guarded by itself, as is the rest. */
	private final Map<String, MemoryLog> logs = new LinkedHashMap<>(16, 0.75f, true);

	private long bytes;

	/** Made when first needed. */
	private @Nullable ScheduledThreadPoolExecutor sweeper;

	private boolean sweeps;

	private boolean closed;

	/**
	 * An empty history.
	 * @param settings which channels have one, and how much is kept
	 * @param nanoTime tells how old messages are
	 */
	public MemoryHistory(HistorySettings settings, LongSupplier nanoTime) {
		this.settings = settings;
		this.nanoTime = nanoTime;
	}

	/**
	 * Whether a channel has a history.
	 * @param channel the channel
	 * @return whether a pattern of the settings matches it
	 */
	public boolean keeps(String channel) {
		return this.settings.keeps(channel);
	}

	/**
	 * Appends a message and hands it on with its position, so that the order of positions
	 * is that of delivery.
	 * @param channel a channel with history
	 * @param message the message
	 * @param key names the message, so that it is appended once; null when it has no name
	 * @param delivery takes it with its position as its id
	 * @return the position; of the former message of the same key, when there is one
	 */
	public String append(String channel, Message message, @Nullable String key, Consumer<Message> delivery) {
		while (true) {
			MemoryLog log = logFor(channel);
			synchronized (log) {
				Message placed = null;
				String position = null;
				synchronized (this.logs) {
					if (this.logs.get(channel) != log) {
						continue;
					}
					position = (key != null) ? log.positionOf(key) : null;
					if (position == null) {
						placed = append(log, message, key);
						position = placed.id().orElseThrow();
					}
				}
				if (placed != null) {
					delivery.accept(placed);
				}
				return position;
			}
		}
	}

	private Message append(MemoryLog log, Message message, @Nullable String key) {
		this.bytes -= log.bytes();
		Message placed = log.append(message, key, this.nanoTime.getAsLong());
		log.forget(this.nanoTime.getAsLong());
		this.bytes += log.bytes();
		makeRoom(log);
		sweepLater();
		return placed;
	}

	private void makeRoom(MemoryLog used) {
		Iterator<MemoryLog> eldest = this.logs.values().iterator();
		while (this.bytes > this.settings.maxBytes() && eldest.hasNext()) {
			MemoryLog log = eldest.next();
			if (log != used) {
				this.bytes -= log.bytes();
				eldest.remove();
			}
		}
	}

	@Override
	public CompletionStage<HistoryPage> since(String channel, Position since, int max) {
		synchronized (this.logs) {
			MemoryLog log = current(channel);
			return CompletableFuture.completedFuture(log.since(since, max));
		}
	}

	@Override
	public CompletionStage<List<Message>> last(String channel, int max) {
		synchronized (this.logs) {
			MemoryLog log = this.logs.get(channel);
			return CompletableFuture.completedFuture((log != null) ? current(channel).last(max) : List.of());
		}
	}

	/** The log of a channel, without what is too old. */
	private MemoryLog current(String channel) {
		MemoryLog log = logFor(channel);
		forget(log);
		return log;
	}

	private void forget(MemoryLog log) {
		this.bytes -= log.bytes();
		log.forget(this.nanoTime.getAsLong());
		this.bytes += log.bytes();
	}

	private MemoryLog logFor(String channel) {
		synchronized (this.logs) {
			MemoryLog log = this.logs.get(channel);
			if (log == null) {
				if (this.logs.size() >= this.settings.maxChannels()) {
					MemoryLog eldest = this.logs.remove(this.logs.keySet().iterator().next());
					this.bytes -= eldest.bytes();
				}
				log = new MemoryLog(channel, this.settings);
				this.logs.put(channel, log);
			}
			return log;
		}
	}

	/** How many bytes the messages of all channels have. */
	long bytes() {
		synchronized (this.logs) {
			return this.bytes;
		}
	}

	/** While anything is kept, looks again and again for what is too old. */
	private void sweepLater() {
		if (this.sweeps || this.closed || this.bytes == 0) {
			return;
		}
		this.sweeps = true;
		if (this.sweeper == null) {
			this.sweeper = new ScheduledThreadPoolExecutor(1, (task) -> {
				Thread thread = new Thread(task, "iodine-history");
				thread.setDaemon(true);
				return thread;
			});
		}
		Future<?> unused = this.sweeper.schedule(this::sweep, sweepInterval(this.settings), TimeUnit.MILLISECONDS);
	}

	/** Milliseconds after which messages that are too old are looked for again. */
	static long sweepInterval(HistorySettings settings) {
		long interval = settings.shortestTimeToLive().toMillis() / 4;
		return Math.min(LONGEST_SWEEP, Math.max(SHORTEST_SWEEP, interval));
	}

	private void sweep() {
		synchronized (this.logs) {
			this.sweeps = false;
			this.logs.values().forEach(this::forget);
			sweepLater();
		}
	}

	@Override
	public void close() {
		synchronized (this.logs) {
			this.closed = true;
			if (this.sweeper != null) {
				this.sweeper.shutdownNow();
			}
		}
	}

}
