package io.iodine.pubsub;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntSupplier;

import io.iodine.ChannelInfo;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Presence;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.Recovery;
import io.iodine.Since;
import io.iodine.Subscription;
import io.iodine.concurrent.CallbackExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Pub/sub over one table of channels: engines carry messages, the table says who hears
 * them in this process.
 */
public final class ChannelPubSub implements PubSub, AutoCloseable {

	private final PubSubLimits limits;

	private final ChannelNameValidator names;

	private final Function<Object, byte[]> json;

	private final PubSubObserver observer;

	private final AttachedEngines engines;

	private final ChannelTable table;

	private final HistoryReader history;

	private final LocalSubscriptions subscriptions;

	private final EnginePublisher publisher;

	private final Presences presences;

	private final LocalEngine localEngine;

	private final MemoryHistory memory;

	private final Object defaultChange = new Object();

	private volatile PubSubEngine defaultEngine;

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
		CallbackExecutor executor = new CallbackExecutor(callbacks);
		this.presences = new Presences(presence, limits, executor, observer);
		this.limits = limits;
		this.names = new ChannelNameValidator(limits.maxChannelLength());
		this.json = json;
		this.observer = observer;
		this.engines = new AttachedEngines(observer);
		this.table = new ChannelTable(this.engines);
		this.memory = new MemoryHistory(history, System::nanoTime);
		this.history = new HistoryReader(history, this.engines, this.memory);
		this.subscriptions = new LocalSubscriptions(this.table, this.engines, this.history, executor,
				limits.listenerMaxPending(), observer);
		this.publisher = new EnginePublisher(limits.maxMessageSize(), observer);
		this.localEngine = new LocalEngine(this.table, this.memory, observer);
		this.defaultEngine = this.localEngine;
	}

	@Override
	public Subscription subscribe(String channel, MessageListener listener) {
		Objects.requireNonNull(listener, "the listener must not be null");
		return this.subscriptions.listen(this.names.key(channel, false), listener);
	}

	@Override
	public Subscription subscribePattern(String glob, MessageListener listener) {
		Objects.requireNonNull(listener, "the listener must not be null");
		return this.subscriptions.listen(this.names.key(glob, true), listener);
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
		return this.subscriptions.direct(this.names.key(channel, pattern),
				new DirectReceiver(listener, subscribers, this.observer));
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
		return this.subscriptions.resume(this.names.key(channel, false), since, listener);
	}

	/**
	 * Reads the newest messages of a channel with history, when engines have been called
	 * for all subscriptions.
	 * @param channel the channel
	 * @param count how many messages are wanted, perhaps none
	 * @return the newest messages, complete; fails when the history can't be reached
	 */
	public CompletionStage<HistoryPage> newest(String channel, int count) {
		return this.history.newest(channel, count);
	}

	/**
	 * Reads what a channel with history has, when engines have been called for all
	 * subscriptions: a subscription made before misses nothing in between.
	 * @param channel the channel
	 * @param since the position known last, or {@link Position#NOWHERE}
	 * @param max how many messages are wanted, the oldest of them
	 * @return what came after it; fails when the history can't be reached
	 */
	public CompletionStage<HistoryPage> missed(String channel, Position since, int max) {
		return this.history.after(channel, since, max);
	}

	@Override
	public boolean keepsHistory(String channel) {
		return this.history.isKept(channel);
	}

	/**
	 * Leaves the history to an engine, which gives messages their positions; this process
	 * keeps none.
	 * @param next where the history is read from now on
	 */
	public void keepHistoryIn(ChannelHistory next) {
		this.localEngine.keepHistoryElsewhere();
		this.history.readFrom(next);
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
		this.names.check(channel, "channel");
		return new ChannelPresence(channel, this.presences, this.limits.maxChannelLength(), this.json);
	}

	/**
	 * Announces the members of channels to other processes.
	 * @param store where
	 */
	public void keepPresenceIn(PresenceStore store) {
		this.presences.keepIn(store);
	}

	/**
	 * Subscribes to a channel between the processes of this application, which the
	 * application itself can't reach.
	 * @param name the name, without the reserved prefix
	 * @param listener called as a listener of the bean
	 * @return the subscription
	 */
	public Subscription subscribeReserved(String name, MessageListener listener) {
		return this.subscriptions.listen(new ChannelKey(ReservedChannels.PREFIX + name, false), listener);
	}

	/**
	 * Publishes to a channel between the processes of this application, through the
	 * default engine.
	 * @param name the name, without the reserved prefix
	 * @param message the message
	 * @return whether the engine took it
	 */
	public boolean publishReserved(String name, Message message) {
		return this.publisher.handTo(this.defaultEngine, ReservedChannels.PREFIX + name, message);
	}

	@Override
	public boolean publish(String channel, Message message, PubSubEngine engine) {
		this.names.check(channel, "channel");
		Objects.requireNonNull(message, "the message must not be null");
		Objects.requireNonNull(engine, "the engine must not be null");
		if (engine != this.localEngine) {
			// engines deliver what other processes published by the local engine
			ReservedChannels.reject(channel);
		}
		return this.publisher.publish(channel, message, engine);
	}

	@Override
	public CompletionStage<String> publishConfirmed(String channel, Message message) {
		return confirmed(channel, message, null);
	}

	@Override
	public CompletionStage<String> publishConfirmed(String channel, Message message, String idempotencyKey) {
		this.names.check(idempotencyKey, "idempotency key");
		return confirmed(channel, message, idempotencyKey);
	}

	private CompletionStage<String> confirmed(String channel, Message message, @Nullable String idempotencyKey) {
		this.names.check(channel, "channel");
		Objects.requireNonNull(message, "the message must not be null");
		return keepsHistory(channel)
				? this.publisher.publishConfirmed(channel, message, this.defaultEngine, idempotencyKey)
				: CompletableFuture.failedFuture(noHistory(channel));
	}

	@Override
	public CompletionStage<List<Message>> history(String channel, int last) {
		this.names.check(channel, "channel");
		if (last < 1) {
			throw new IllegalArgumentException("at least one message must be requested, not " + last);
		}
		return keepsHistory(channel) ? this.history.last(channel, last)
				: CompletableFuture.failedFuture(noHistory(channel));
	}

	private static IllegalArgumentException noHistory(String channel) {
		return new IllegalArgumentException("Channel '" + channel
				+ "' has no history, so its messages have no positions: add it to iodine.pubsub.history.channels");
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
		this.subscriptions.reject();
		this.presences.close();
		this.memory.close();
		this.engines.detachAll();
		this.subscriptions.closeListeners();
	}

}
