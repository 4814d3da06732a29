package io.iodine.file;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Bounded cache of look-ups, each valid for a second. When it is full, expired entries
 * are evicted first, then all.
 */
final class LookupCache {

	private static final long BELIEVED = TimeUnit.SECONDS.toNanos(1);

	private static final int MOST = 8192;

	private static final int LONGEST_TARGET = 1024;

	private final Map<String, Known> known = new ConcurrentHashMap<>();

	private final Consumer<Lookup> dropped;

	LookupCache(Consumer<Lookup> dropped) {
		this.dropped = dropped;
	}

	/** What is believed right now. */
	@Nullable Lookup fresh(String target) {
		Known entry = this.known.get(target);
		return (entry != null && System.nanoTime() - entry.since() < BELIEVED) ? entry.lookup() : null;
	}

	/** What was believed last, however long ago. */
	@Nullable Lookup last(String target) {
		Known entry = this.known.get(target);
		return (entry != null) ? entry.lookup() : null;
	}

	void learn(String target, Lookup lookup) {
		if (target.length() > LONGEST_TARGET) {
			return;
		}
		if (this.known.size() >= MOST) {
			shrink();
		}
		Known former = this.known.put(target, new Known(lookup, System.nanoTime()));
		if (former != null && former.lookup() != lookup) {
			this.dropped.accept(former.lookup());
		}
	}

	void forget(String target) {
		Known former = this.known.remove(target);
		if (former != null) {
			this.dropped.accept(former.lookup());
		}
	}

	int size() {
		return this.known.size();
	}

	private void shrink() {
		long now = System.nanoTime();
		removeIf((entry) -> !(entry.lookup() instanceof Lookup.Found) || now - entry.since() > BELIEVED);
		if (this.known.size() >= MOST) {
			removeIf((entry) -> true);
		}
	}

	private void removeIf(Predicate<Known> condition) {
		Iterator<Known> entries = this.known.values().iterator();
		while (entries.hasNext()) {
			Known entry = entries.next();
			if (condition.test(entry)) {
				entries.remove();
				this.dropped.accept(entry.lookup());
			}
		}
	}

	/**
	 * A look-up that was made.
	 *
	 * @param lookup what it found
	 * @param since when, by the nano clock
	 */
	private record Known(Lookup lookup, long since) {
	}

}
