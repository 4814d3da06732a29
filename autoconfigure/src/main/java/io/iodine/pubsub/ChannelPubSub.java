package io.iodine.pubsub;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

import io.iodine.ChannelInfo;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Presence;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.concurrent.CallbackExecutor;
import io.iodine.Recovery;
import io.iodine.Since;
import io.iodine.Subscription;
import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Pub/sub over one table of channels: engines carry messages, the table says who hears
 * them in this process.
 */
public final class ChannelPubSub implements PubSub, AutoCloseable {

	private static final Log logger = LogFactory.getLog(ChannelPubSub.class);

	private static final ThrottledLog unread = new ThrottledLog(logger);

	private static final CompletionStage<Recovery.Outcome> NOTHING_MISSED = CompletableFuture
		.completedStage(new Recovery.Outcome(true, 0));

	private final PubSubLimits limits;

	private final CallbackExecutor callbacks;

	private final Function<Object, byte[]> json;

	private final PubSubObserver observer;

	private final boolean measured;

	private final AttachedEngines engines;

	private final ChannelTable table;

	private final HistorySettings historySettings;

	private final Presences presences;

	private final LocalEngine localEngine;

	private final MemoryHistory memory;

	private volatile ChannelHistory history;

	private final Object defaultChange = new Object();

	private volatile PubSubEngine defaultEngine;

	private final Set<ListenerSubscription> listeners = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/**
	 * Creates pub/sub with the local engine as its default, without history.
	 * @param limits the bounds
	 * @param callbacks runs listeners of the bean
	 * @param json writes a value as JSON in UTF-8
	 * @param observer is notified of events
	 */
	public ChannelPubSub(PubSubLimits limits, Executor callbacks, Function<Object, byte[]> json,
			PubSubObserver observer) {
		this(limits, HistorySettings.NONE, callbacks, json, observer);
	}

	/**
	 * Creates pub/sub with the local engine as its default.
	 * @param limits the bounds
	 * @param history which channels have a history
	 * @param callbacks runs listeners of the bean
	 * @param json writes a value as JSON in UTF-8
	 * @param observer is notified of events
	 */
	public ChannelPubSub(PubSubLimits limits, HistorySettings history, Executor callbacks,
			Function<Object, byte[]> json, PubSubObserver observer) {
		this(limits, history, PresenceSettings.DEFAULTS, callbacks, json, observer);
	}

	/**
	 * Creates pub/sub with the local engine as its default.
	 * @param limits the bounds
	 * @param history which channels have a history
	 * @param presence for how long members are there
	 * @param callbacks runs listeners of the bean
	 * @param json writes a value as JSON in UTF-8
	 * @param observer is notified of events
	 */
	public ChannelPubSub(PubSubLimits limits, HistorySettings history, PresenceSettings presence, Executor callbacks,
			Function<Object, byte[]> json, PubSubObserver observer) {
		this.callbacks = new CallbackExecutor(callbacks);
		this.presences = new Presences(presence, limits, this.callbacks, observer);
		this.limits = limits;
		this.json = json;
		this.observer = observer;
		this.measured = observer.measures();
		this.engines = new AttachedEngines(observer);
		this.table = new ChannelTable(this.engines);
		MemoryHistory memory = new MemoryHistory(history, System::nanoTime);
		this.memory = memory;
		this.historySettings = history;
		this.history = memory;
		this.localEngine = new LocalEngine(this.table, memory, observer);
		this.defaultEngine = this.localEngine;
	}

	@Override
	public Subscription subscribe(String channel, MessageListener listener) {
		return subscribeQueued(key(channel, false), listener);
	}

	@Override
	public Subscription subscribePattern(String glob, MessageListener listener) {
		return subscribeQueued(key(glob, true), listener);
	}

	/**
	 * Hears a channel on the thread that publishes or delivers, without a queue: for
	 * those who have queues of their own, as the fan-out to connections. Takes effect at
	 * once and calls no engine, so that it may be used under a lock;
	 * {@link #tellEngines()} must follow outside of it.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @param listener must not block; called in the order in which each publisher
	 * publishes, by several threads at once when several publish
	 * @return ends the subscription, likewise followed by {@link #tellEngines()}; may be
	 * run more than once
	 * @throws IllegalStateException when the context is closed
	 */
	public Runnable subscribeDirect(String channel, boolean pattern, MessageListener listener) {
		return subscribeDirect(channel, pattern, listener, () -> 1);
	}

	/**
	 * Hears a channel as {@link #subscribeDirect(String, boolean, MessageListener)} does,
	 * for many subscribers.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @param listener must not block
	 * @param subscribers says for how many
	 * @return ends the subscription
	 * @throws IllegalStateException when the context is closed
	 */
	public Runnable subscribeDirect(String channel, boolean pattern, MessageListener listener,
			IntSupplier subscribers) {
		Objects.requireNonNull(listener, "the listener must not be null");
		return subscribeDirect(key(channel, pattern), new Receiver() {

			@Override
			public void receive(String from, Message message) {
				callDirect(listener, from, message);
			}

			@Override
			public int subscribers() {
				return subscribers.getAsInt();
			}

		});
	}

	private Runnable subscribeDirect(ChannelKey key, Receiver receiver) {
		if (this.closed) {
			refuseClosed(key);
		}
		this.table.add(key, receiver);
		return () -> this.table.remove(key, receiver);
	}

	/** Tells engines of the channels that direct subscriptions have begun and ended. */
	public void tellEngines() {
		this.engines.dispatch();
	}

	@Override
	public Recovery subscribe(String channel, String sinceId, MessageListener listener) {
		return subscribe(channel, Since.id(sinceId), listener);
	}

	@Override
	public Recovery subscribe(String channel, Since since, MessageListener listener) {
		Objects.requireNonNull(listener, "the listener must not be null");
		Objects.requireNonNull(since, "where it begins must not be null");
		return recover(key(channel, false), since, listener);
	}

	/**
	 * Reads the newest messages of a channel with history, when engines have been called
	 * for all subscriptions.
	 * @param channel the channel
	 * @param count how many messages are wanted, perhaps none
	 * @return the newest messages, complete; fails when the history can't be reached
	 */
	public CompletionStage<HistoryPage> newest(String channel, int count) {
		if (count == 0) {
			return missed(channel, Position.NOWHERE, 1)
				.thenApply((page) -> new HistoryPage(true, List.of(), page.last()));
		}
		return this.history.last(channel, count).thenCompose((messages) -> {
			Position last = messages.isEmpty() ? null
					: messages.get(messages.size() - 1).id().flatMap(Position::parse).orElse(null);
			return (last == null) ? newest(channel, 0)
					: missed(channel, last, Integer.MAX_VALUE).thenApply((page) -> joined(messages, last, page));
		});
	}

	/** What was published while the newest messages were read belongs to them. */
	private static HistoryPage joined(List<Message> messages, Position last, HistoryPage since) {
		if (!since.complete()) {
			return new HistoryPage(true, messages, last);
		}
		return new HistoryPage(true, Stream.concat(messages.stream(), since.messages().stream()).toList(),
				(since.last() != null) ? since.last() : last);
	}

	/**
	 * Reads what a channel with history has, when engines have been called for all
	 * subscriptions: so who subscribed before misses nothing in between.
	 * @param channel the channel
	 * @param since the position known last, or {@link Position#NOWHERE}
	 * @param max how many messages are wanted, the oldest of them
	 * @return what came after it; fails when the history can't be reached
	 */
	public CompletionStage<HistoryPage> missed(String channel, Position since, int max) {
		CompletableFuture<HistoryPage> missed = new CompletableFuture<>();
		boolean noted = this.engines
			.whenTold(() -> this.history.since(channel, since, max).whenComplete((read, failure) -> {
				if (failure != null) {
					unread.warn((count) -> count + " dropped: history of channel '" + channel
							+ "', which can't be read: " + failure.getMessage());
					missed.completeExceptionally(failure);
				}
				else {
					missed.complete(read);
				}
			}));
		if (!noted) {
			missed.completeExceptionally(new IllegalStateException("an engine blocks, and too much waits for it"));
		}
		return missed;
	}

	@Override
	public boolean keepsHistory(String channel) {
		return this.historySettings.keeps(channel);
	}

	/**
	 * Leaves the history to an engine, which gives messages their positions; this process
	 * keeps none.
	 * @param next where the history is read from now on
	 */
	public void keepHistoryIn(ChannelHistory next) {
		this.localEngine.keepHistoryElsewhere();
		this.history = next;
	}

	/**
	 * Delivers what an engine received to a part of the subscribers in this process, on
	 * the calling thread, without touching the history: for engines that get a message
	 * once for those of its channel and once more for those of patterns.
	 * @param channel the channel
	 * @param message the message
	 * @param audience who is meant
	 */
	public void deliver(String channel, Message message, DeliveryScope audience) {
		this.observer.delivered(switch (audience) {
			case ALL -> this.table.deliver(channel, message);
			case CHANNEL -> this.table.deliverToChannel(channel, message);
			case PATTERNS -> this.table.deliverToPatterns(channel, message);
		});
	}

	@Override
	public Presence presence(String channel) {
		checkName(channel, "channel");
		return new ChannelPresence(channel, this.presences, this.limits.maxChannelLength(), this.json);
	}

	/**
	 * Announces the members of channels to other processes.
	 * @param store where
	 */
	public void keepPresenceIn(PresenceStore store) {
		this.presences.keepIn(store);
	}

	private Recovery recover(ChannelKey key, Since since, MessageListener listener) {
		FirstOutcome hearing = new FirstOutcome(since, listener);
		SerialListener target = new SerialListener(hearing, this.callbacks, this.limits.listenerMaxPending(),
				this.observer);
		ResumingReceiver receiver = new ResumingReceiver(target, this.limits.listenerMaxPending(), (outcome) -> {
			if (since.hasCallback()) {
				hearing.begin(key.name(), outcome, target);
			}
		});
		ListenerSubscription subscription = new ListenerSubscription(key, receiver, target, receiver.outcome());
		listen(subscription);
		read(key.name(), since).whenComplete(
				(missed, failure) -> receiver.resume(key.name(), (failure != null) ? HistoryPage.UNKNOWN : missed));
		return subscription;
	}

	private CompletionStage<HistoryPage> read(String channel, Since since) {
		if (!keepsHistory(channel)) {
			return CompletableFuture.completedStage(HistoryPage.UNKNOWN);
		}
		String known = since.knownId().orElse(null);
		if (known == null) {
			return newest(channel, since.lastCount());
		}
		return Position.parse(known)
			.map((position) -> missed(channel, position, Integer.MAX_VALUE))
			.orElseGet(() -> CompletableFuture.completedStage(HistoryPage.UNKNOWN));
	}

	private Subscription subscribeQueued(ChannelKey key, MessageListener listener) {
		Objects.requireNonNull(listener, "the listener must not be null");
		SerialListener receiver = new SerialListener(listener, this.callbacks, this.limits.listenerMaxPending(),
				this.observer);
		ListenerSubscription subscription = new ListenerSubscription(key, receiver, receiver, NOTHING_MISSED);
		listen(subscription);
		return subscription;
	}

	private void listen(ListenerSubscription subscription) {
		add(subscription.key, subscription.receiver);
		this.listeners.add(subscription);
		if (logger.isDebugEnabled()) {
			logger.debug("A listener subscribes to " + (subscription.key.pattern() ? "pattern '" : "channel '")
					+ subscription.key.name() + "'");
		}
		if (this.closed) {
			subscription.close();
			refuseClosed(subscription.key);
		}
	}

	private void add(ChannelKey key, Receiver receiver) {
		if (this.closed) {
			refuseClosed(key);
		}
		this.table.add(key, receiver);
		this.engines.dispatch();
	}

	private void remove(ChannelKey key, Receiver receiver) {
		this.table.remove(key, receiver);
		this.engines.dispatch();
	}

	private void callDirect(MessageListener listener, String channel, Message message) {
		try {
			listener.onMessage(channel, message);
		}
		catch (Exception ex) {
			logger.error("A direct listener failed on a message of channel '" + channel + "'", ex);
			this.observer.listenerFailed();
		}
	}

	/**
	 * Subscribes to a channel between the processes of this application, which the
	 * application itself can't reach.
	 * @param name the name, without the reserved prefix
	 * @param listener called as a listener of the bean
	 * @return the subscription
	 */
	public Subscription subscribeReserved(String name, MessageListener listener) {
		return subscribeQueued(new ChannelKey(ReservedChannels.PREFIX + name, false), listener);
	}

	/**
	 * Publishes to a channel between the processes of this application, through the
	 * default engine.
	 * @param name the name, without the reserved prefix
	 * @param message the message
	 * @return whether the engine took it
	 */
	public boolean publishReserved(String name, Message message) {
		return handTo(this.defaultEngine, ReservedChannels.PREFIX + name, message);
	}

	@Override
	public boolean publish(String channel, Message message, PubSubEngine engine) {
		checkName(channel, "channel");
		Objects.requireNonNull(message, "the message must not be null");
		Objects.requireNonNull(engine, "the engine must not be null");
		if (engine != this.localEngine) {
			// engines deliver what other processes published by the local engine
			ReservedChannels.reject(channel);
		}
		checkSize(message);
		long start = this.measured ? System.nanoTime() : 0;
		boolean scheduled = handTo(engine, channel, message);
		if (this.measured) {
			this.observer.publishReturned(engine, System.nanoTime() - start);
		}
		this.observer.published(engine, scheduled);
		if (logger.isDebugEnabled()) {
			logger.debug((scheduled ? "Published " : "Could not publish ") + message.size() + " bytes to channel '"
					+ channel + "' by " + engine);
		}
		return scheduled;
	}

	@Override
	public CompletionStage<String> publishConfirmed(String channel, Message message) {
		return publishConfirmed(channel, message, this.defaultEngine, null);
	}

	@Override
	public CompletionStage<String> publishConfirmed(String channel, Message message, String idempotencyKey) {
		checkName(idempotencyKey, "idempotency key");
		return publishConfirmed(channel, message, this.defaultEngine, idempotencyKey);
	}

	private CompletionStage<String> publishConfirmed(String channel, Message message, PubSubEngine engine,
			@Nullable String idempotencyKey) {
		checkName(channel, "channel");
		Objects.requireNonNull(message, "the message must not be null");
		if (!keepsHistory(channel)) {
			return CompletableFuture.failedFuture(noHistory(channel));
		}
		if (!(engine instanceof ConfirmingEngine confirming)) {
			return CompletableFuture.failedFuture(
					new UnsupportedOperationException("Engine " + engine.getClass().getName() + " knows no positions"));
		}
		CompletionStage<String> position = confirming.publishConfirmed(channel, message, idempotencyKey);
		return position.whenComplete((id, failure) -> this.observer.published(engine, failure == null));
	}

	@Override
	public CompletionStage<List<Message>> history(String channel, int last) {
		checkName(channel, "channel");
		if (last < 1) {
			throw new IllegalArgumentException("at least one message must be wanted, but " + last + " are");
		}
		return keepsHistory(channel) ? this.history.last(channel, last)
				: CompletableFuture.failedFuture(noHistory(channel));
	}

	private static IllegalArgumentException noHistory(String channel) {
		return new IllegalArgumentException("Channel '" + channel
				+ "' has no history, so its messages have no positions: add it to iodine.pubsub.history.channels");
	}

	private boolean handTo(PubSubEngine engine, String channel, Message message) {
		try {
			return engine.publish(channel, message);
		}
		catch (Exception ex) {
			logger.warn("Engine " + engine.getClass().getName() + " failed to publish to channel '" + channel + "'",
					ex);
			this.observer.engineFailed(engine);
			return false;
		}
	}

	@Override
	public boolean publishJson(String channel, Object value, PubSubEngine engine) {
		return publish(channel, Message.text(this.json.apply(value)), engine);
	}

	@Override
	public void attach(PubSubEngine engine) {
		this.engines.attach(Objects.requireNonNull(engine, "the engine must not be null"));
	}

	@Override
	public void detach(PubSubEngine engine) {
		this.engines.detach(Objects.requireNonNull(engine, "the engine must not be null"));
		synchronized (this.defaultChange) {
			if (this.defaultEngine == engine) {
				this.defaultEngine = this.localEngine;
			}
		}
	}

	@Override
	public void reset(PubSubEngine engine) {
		this.engines.reset(Objects.requireNonNull(engine, "the engine must not be null"));
	}

	@Override
	public PubSubEngine defaultEngine() {
		return this.defaultEngine;
	}

	@Override
	public void defaultEngine(PubSubEngine engine) {
		attach(engine);
		synchronized (this.defaultChange) {
			this.defaultEngine = engine;
		}
	}

	@Override
	public PubSubEngine localEngine() {
		return this.localEngine;
	}

	@Override
	public Collection<ChannelInfo> channels() {
		return this.table.infos();
	}

	/**
	 * How many channels have subscribers in this process.
	 * @return the number, patterns not included
	 */
	public int channelCount() {
		return this.table.channelCount();
	}

	/**
	 * How many patterns have subscribers in this process.
	 * @return the number
	 */
	public int patternCount() {
		return this.table.patternCount();
	}

	/**
	 * How many subscriptions of a channel this process has. A direct subscription counts
	 * once, however many clients stand behind it.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @return the number, 0 without subscribers
	 */
	public int subscriptionCount(String channel, boolean pattern) {
		return this.table.subscriptions(new ChannelKey(channel, pattern));
	}

	/**
	 * Ends the subscriptions of listeners, and takes none from now on. Engines are not
	 * told of what ends with the context; publishing still works.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.presences.close();
		this.memory.close();
		this.engines.detachAll();
		this.listeners.forEach(ListenerSubscription::close);
	}

	private ChannelKey key(String name, boolean pattern) {
		checkName(name, pattern ? "pattern" : "channel");
		ReservedChannels.reject(name);
		return new ChannelKey(name, pattern);
	}

	private void checkSize(Message message) {
		if (message.size() > this.limits.maxMessageSize()) {
			throw new IllegalArgumentException("a published message has at most " + this.limits.maxMessageSize()
					+ " bytes (iodine.pubsub.max-message-size), but one of " + message.size() + " was given");
		}
	}

	private void checkName(String name, String what) {
		Objects.requireNonNull(name, "the " + what + " must not be null");
		if (name.length() > this.limits.maxChannelLength()) {
			throw new IllegalArgumentException("a " + what + " has at most " + this.limits.maxChannelLength()
					+ " characters (iodine.pubsub.max-channel-length), but one of " + name.length() + " was given");
		}
	}

	private static void refuseClosed(ChannelKey key) {
		throw new IllegalStateException("can't subscribe to " + key + ": the application context is closed");
	}

	/**
	 * A subscription of a listener; all are {@link Recovery}, most with nothing to
	 * recover.
	 */
	private final class ListenerSubscription implements Recovery {

		private final ChannelKey key;

		private final Receiver receiver;

		private final Receiver listener;

		private final CompletionStage<Outcome> outcome;

		ListenerSubscription(ChannelKey key, Receiver receiver, Receiver listener, CompletionStage<Outcome> outcome) {
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
			if (this.listener instanceof SerialListener queued) {
				queued.end();
			}
			ChannelPubSub.this.listeners.remove(this);
			remove(this.key, this.receiver);
		}

	}

}
