package io.iodine.pubsub;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.MessageListener;
import io.iodine.Recovery;
import io.iodine.Since;
import io.iodine.concurrent.CallbackExecutor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The subscriptions of this process, until the context is closed. Listeners get their
 * messages one at a time from a bounded queue, direct receivers on the thread that
 * publishes or delivers.
 */
final class LocalSubscriptions {

	private static final Log logger = LogFactory.getLog(LocalSubscriptions.class);

	private static final CompletionStage<Recovery.Outcome> NOTHING_MISSED = CompletableFuture
		.completedStage(new Recovery.Outcome(true, 0));

	private final ChannelTable table;

	private final AttachedEngines engines;

	private final HistoryReader history;

	private final CallbackExecutor callbacks;

	private final int maxPending;

	private final PubSubObserver observer;

	private final Set<ListenerSubscription> listeners = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	LocalSubscriptions(ChannelTable table, AttachedEngines engines, HistoryReader history, CallbackExecutor callbacks,
			int maxPending, PubSubObserver observer) {
		this.table = table;
		this.engines = engines;
		this.history = history;
		this.callbacks = callbacks;
		this.maxPending = maxPending;
		this.observer = observer;
	}

	/** Subscribes without a queue, and without calling engines. */
	Runnable direct(ChannelKey key, Receiver receiver) {
		rejectIfClosed(key);
		this.table.add(key, receiver);
		return () -> this.table.remove(key, receiver);
	}

	Recovery listen(ChannelKey key, MessageListener listener) {
		SerialListener receiver = new SerialListener(listener, this.callbacks, this.maxPending, this.observer);
		return begin(new ListenerSubscription(key, receiver, receiver, NOTHING_MISSED));
	}

	/** Subscribes, and hands the messages missed over before those that arrive now. */
	Recovery resume(ChannelKey key, Since since, MessageListener listener) {
		FirstOutcome first = new FirstOutcome(since, listener);
		SerialListener target = new SerialListener(first, this.callbacks, this.maxPending, this.observer);
		ResumingReceiver receiver = new ResumingReceiver(target, this.maxPending, (outcome) -> {
			if (since.hasCallback()) {
				first.begin(key.name(), outcome, target);
			}
		});
		Recovery subscription = begin(new ListenerSubscription(key, receiver, target, receiver.outcome()));
		this.history.since(key.name(), since)
			.whenComplete(
					(missed, failure) -> receiver.resume(key.name(), (failure != null) ? HistoryPage.UNKNOWN : missed));
		return subscription;
	}

	private Recovery begin(ListenerSubscription subscription) {
		rejectIfClosed(subscription.key);
		this.table.add(subscription.key, subscription.receiver);
		this.engines.dispatch();
		this.listeners.add(subscription);
		if (logger.isDebugEnabled()) {
			logger.debug("A listener subscribes to " + (subscription.key.pattern() ? "pattern '" : "channel '")
					+ subscription.key.name() + "'");
		}
		if (this.closed) {
			subscription.close();
			rejectIfClosed(subscription.key);
		}
		return subscription;
	}

	private void rejectIfClosed(ChannelKey key) {
		if (this.closed) {
			throw new IllegalStateException("can't subscribe to " + key + ": the application context is closed");
		}
	}

	/** Takes no subscription from now on. */
	void reject() {
		this.closed = true;
	}

	/** Ends the subscriptions of listeners. */
	void closeListeners() {
		this.listeners.forEach(ListenerSubscription::close);
	}

	/**
	 * A subscription of a listener; all are {@link Recovery}, most with nothing to
	 * recover.
	 */
	private final class ListenerSubscription implements Recovery {

		private final ChannelKey key;

		private final Receiver receiver;

		private final SerialListener listener;

		private final CompletionStage<Outcome> outcome;

		ListenerSubscription(ChannelKey key, Receiver receiver, SerialListener listener,
				CompletionStage<Outcome> outcome) {
			this.key = key;
			this.receiver = receiver;
			this.listener = listener;
			this.outcome = outcome;
		}

		@Override
		public String channel() {
			return this.key.name();
		}

		@Override
		public CompletionStage<Outcome> outcome() {
			return this.outcome;
		}

		@Override
		public void close() {
			this.listener.end();
			LocalSubscriptions.this.listeners.remove(this);
			LocalSubscriptions.this.table.remove(this.key, this.receiver);
			LocalSubscriptions.this.engines.dispatch();
		}

	}

}
