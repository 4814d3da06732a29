package io.iodine.pubsub;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.PubSubEngine;
import io.iodine.concurrent.SafeLog;
import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The attached engines. Their calls are queued in the order of the transitions and made
 * outside every lock, by one thread at a time: the first that finds no other thread
 * dispatching. Attaching and resetting take their place in the same order, so that every
 * engine is called for every channel exactly once.
 */
final class AttachedEngines implements ChannelTransitions {

	private static final Log logger = LogFactory.getLog(AttachedEngines.class);

	private final ThrottledLog refusals = new ThrottledLog(logger);

	private final ThrottledLog failures = new ThrottledLog(logger);

	private final PendingEngineCalls notes = new PendingEngineCalls();

	private final AtomicInteger waiting = new AtomicInteger();

	private final PubSubObserver observer;

	// Owned by the dispatching thread; "waiting" hands them over.
	private final List<PubSubEngine> engines = new ArrayList<>();

	private final Set<ChannelKey> subscribed = new LinkedHashSet<>();

	AttachedEngines(PubSubObserver observer) {
		this.observer = observer;
	}

	@Override
	public void firstSubscription(ChannelKey key) {
		this.notes.add(key, () -> {
			this.subscribed.add(key);
			this.engines.forEach((engine) -> tellSubscribed(engine, key));
		});
	}

	@Override
	public void lastSubscriptionEnded(ChannelKey key) {
		this.notes.add(key, () -> {
			this.subscribed.remove(key);
			this.engines.forEach((engine) -> tellUnsubscribed(engine, key));
		});
	}

	void attach(PubSubEngine engine) {
		this.notes.add(() -> {
			if (!isAttached(engine)) {
				this.engines.add(engine);
				replay(engine);
			}
		});
		dispatch();
	}

	void detach(PubSubEngine engine) {
		this.notes.add(() -> this.engines.removeIf((attached) -> attached == engine));
		dispatch();
	}

	void reset(PubSubEngine engine) {
		this.notes.add(() -> {
			if (isAttached(engine)) {
				replay(engine);
			}
		});
		dispatch();
	}

	void detachAll() {
		this.notes.add(this.engines::clear);
		dispatch();
	}

	/**
	 * Runs a task when the engines have been called for all transitions so far.
	 * @return false when it won't run, because an engine blocks and too much waits
	 */
	boolean whenTold(Runnable task) {
		boolean noted = this.notes.offer(task);
		dispatch();
		return noted;
	}

	/**
	 * Tells what was noted, unless another thread, or a caller further up, is telling:
	 * then that one goes on.
	 */
	void dispatch() {
		if (this.notes.isEmpty() || this.waiting.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		do {
			for (Runnable note = this.notes.poll(); note != null; note = this.notes.poll()) {
				SafeLog.guard(logger, "A call of the engines", note);
			}
			seen = this.waiting.addAndGet(-seen);
		}
		while (seen != 0);
	}

	private boolean isAttached(PubSubEngine engine) {
		return this.engines.stream().anyMatch((attached) -> attached == engine);
	}

	private void replay(PubSubEngine engine) {
		this.subscribed.forEach((key) -> tellSubscribed(engine, key));
	}

	private void tellSubscribed(PubSubEngine engine, ChannelKey key) {
		try {
			if (!engine.subscribe(key.name(), key.pattern())) {
				refused(engine, "subscription", key);
			}
		}
		catch (Throwable ex) {
			failed(engine, "subscription", key, ex);
		}
	}

	private void tellUnsubscribed(PubSubEngine engine, ChannelKey key) {
		try {
			if (!engine.unsubscribe(key.name(), key.pattern())) {
				refused(engine, "end of the subscription", key);
			}
		}
		catch (Throwable ex) {
			failed(engine, "end of the subscription", key, ex);
		}
	}

	private void refused(PubSubEngine engine, String what, ChannelKey key) {
		this.refusals.warn(() -> "Engine " + engine.getClass().getName() + " refused the " + what + " of " + key);
		this.observer.engineFailed(engine);
	}

	private void failed(PubSubEngine engine, String what, ChannelKey key, Throwable failure) {
		this.failures.error(() -> "Engine " + engine.getClass().getName() + " failed on the " + what + " of " + key,
				failure);
		this.observer.engineFailed(engine);
	}

}
