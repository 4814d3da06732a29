package io.iodine.pubsub;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Calls that engines must still receive, in order. It grows only while an engine blocks:
 * over a bound, a begin and an end of one subscription that wait for the same engine
 * cancel each other, so that no more waits than there are channels. For all threads.
 */
final class PendingEngineCalls {

	static final int BOUND = 10_000;

	private static final Log logger = LogFactory.getLog(PendingEngineCalls.class);

	private final ThrottledLog cancelled = new ThrottledLog(logger);

	/** By their numbers; guarded by this. */
	private final LinkedHashMap<Long, Note> notes = new LinkedHashMap<>();

	/** The newest note of each channel that is still there; guarded by this. */
	private final Map<ChannelKey, Long> newest = new HashMap<>();

	private long number;

	/** A subscription began or ended; these alternate for each channel. */
	synchronized void add(ChannelKey key, Runnable telling) {
		Long opposite = (this.notes.size() >= BOUND) ? this.newest.remove(key) : null;
		if (opposite != null) {
			this.notes.remove(opposite);
			this.cancelled.warn((count) -> count + " dropped: begin and end of subscription " + key
					+ ", which the engine receives neither of, because it " + "blocks while " + BOUND + " others wait");
			return;
		}
		this.notes.put(++this.number, new Note(key, telling));
		this.newest.put(key, this.number);
	}

	/** Something is to be done when all calls before it were made. */
	synchronized void add(Runnable task) {
		this.notes.put(++this.number, new Note(null, task));
	}

	/** The same, unless too much waits: then false. */
	synchronized boolean offer(Runnable task) {
		boolean fits = this.notes.size() < 2 * BOUND;
		if (fits) {
			add(task);
		}
		return fits;
	}

	/** The next; null when there is none. */
	synchronized @Nullable Runnable poll() {
		Iterator<Map.Entry<Long, Note>> oldest = this.notes.entrySet().iterator();
		if (!oldest.hasNext()) {
			return null;
		}
		Map.Entry<Long, Note> next = oldest.next();
		oldest.remove();
		ChannelKey key = next.getValue().key;
		if (key != null) {
			this.newest.remove(key, next.getKey());
		}
		return next.getValue().task;
	}

	synchronized boolean isEmpty() {
		return this.notes.isEmpty();
	}

	/** A task, and the channel that it is about, if it is about one. */
	private record Note(@Nullable ChannelKey key, Runnable task) {
	}

}
