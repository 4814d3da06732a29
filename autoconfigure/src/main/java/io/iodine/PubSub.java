package io.iodine;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Publishes and subscribes by channel. A bean; a {@link Connection} has the same methods
 * for itself. Thread-safe, and no method blocks.
 * <p>
 * What one thread publishes to a channel reaches each subscriber in that order, whichever
 * engine carries it. A pattern is a glob in the syntax of Redis: {@code *}, {@code ?},
 * {@code [a-z]}, {@code [^x]}, and {@code \} before a literal character; {@code *} also
 * matches {@code /} and {@code .}.
 */
public interface PubSub {

	/** The version of the pub/sub specification draft that this follows. */
	int SPEC_VERSION = 0;

	/**
	 * Subscribes to a channel. Subscriptions are independent: two on one channel both
	 * receive its messages. What waits for a slow listener is bounded by
	 * {@code iodine.pubsub.listener.max-pending}; over it the newest is dropped, counted
	 * and logged.
	 * @param channel the channel
	 * @param listener called on callback threads, one message at a time, in order
	 * @return the subscription
	 * @throws IllegalStateException when the context is closed
	 */
	Subscription subscribe(String channel, MessageListener listener);

	/**
	 * Hears every channel that matches a pattern.
	 * @param glob the pattern
	 * @param listener called on callback threads, one message at a time, in order
	 * @return the subscription
	 * @throws IllegalStateException when the context is closed
	 */
	Subscription subscribePattern(String glob, MessageListener listener);

	/**
	 * Hears a channel with history from a known message on: what was missed, in order,
	 * then what is new, without a hole or a double in between.
	 * @param channel the channel
	 * @param sinceId the {@link Message#id()} of the last message received
	 * @param listener called on callback threads, one message at a time, in order
	 * @return the subscription, with the outcome of the recovery
	 * @throws IllegalStateException when the context is closed
	 * @throws UnsupportedOperationException when this pub/sub knows no history
	 */
	default Recovery subscribe(String channel, String sinceId, MessageListener listener) {
		throw new UnsupportedOperationException(getClass().getName() + " knows no history");
	}

	/**
	 * Hears a channel with history from a known place on. The callback of
	 * {@link Since#onOutcome} is called before the listener, on the same threads.
	 * @param channel the channel
	 * @param since where it begins, and what is called first
	 * @param listener called on callback threads, one message at a time, in order
	 * @return the subscription, with the outcome of the recovery
	 * @throws IllegalStateException when the context is closed
	 * @throws UnsupportedOperationException when this pub/sub knows no history
	 */
	default Recovery subscribe(String channel, Since since, MessageListener listener) {
		throw new UnsupportedOperationException(getClass().getName() + " knows no history");
	}

	/**
	 * Whether a channel has a history, so that its messages have positions.
	 * @param channel the channel
	 * @return whether {@code iodine.pubsub.history.channels} or a
	 * {@link HistoryCustomizer} names it
	 */
	default boolean keepsHistory(String channel) {
		return false;
	}

	/**
	 * Reads the newest messages of a channel with history.
	 * @param channel the channel
	 * @param last how many messages are wanted; fewer come when the history has no more
	 * @return the messages in order, each with its {@link Message#id()}; fails when the
	 * channel has no history or it can't be reached
	 * @throws UnsupportedOperationException when this pub/sub knows no history
	 */
	default CompletionStage<List<Message>> history(String channel, int last) {
		throw new UnsupportedOperationException(getClass().getName() + " knows no history");
	}

	/**
	 * The channels and patterns that have subscribers in this process.
	 * @return a copy, channels before patterns, by name
	 * @throws UnsupportedOperationException when this pub/sub does not tell
	 */
	default Collection<ChannelInfo> channels() {
		throw new UnsupportedOperationException(getClass().getName() + " does not list its channels");
	}

	/**
	 * Publishes to a channel with history through the default engine, and tells the
	 * message's position.
	 * @param channel the channel
	 * @param message the message
	 * @return the {@link Message#id()} with which subscribers receive it; fails when the
	 * message was not published, or is not known to be
	 * @throws UnsupportedOperationException when this pub/sub knows no history
	 */
	default CompletionStage<String> publishConfirmed(String channel, Message message) {
		throw new UnsupportedOperationException(getClass().getName() + " knows no history");
	}

	/**
	 * Publishes a message once, however often this is called with the same key within the
	 * history's time to live: who got no answer may try again.
	 * @param channel the channel
	 * @param message the message
	 * @param idempotencyKey names the message among those of its channel
	 * @return the position of the first that was published; fails when none is known to
	 * be
	 * @throws IllegalArgumentException when the key is longer than the name of a channel
	 * may be
	 * @throws UnsupportedOperationException when this pub/sub knows no history
	 */
	default CompletionStage<String> publishConfirmed(String channel, Message message, String idempotencyKey) {
		throw new UnsupportedOperationException(getClass().getName() + " knows no history");
	}

	/**
	 * Who is on a channel, in all processes.
	 * @param channel the channel; it needs no subscribers
	 * @return a view that stays current
	 * @throws UnsupportedOperationException when this pub/sub knows no presence
	 */
	default Presence presence(String channel) {
		throw new UnsupportedOperationException(getClass().getName() + " knows no presence");
	}

	/**
	 * Publishes through the default engine.
	 * @param channel the channel
	 * @param message the message
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, Message message) {
		return publish(channel, message, defaultEngine());
	}

	/**
	 * Publishes a text message through the default engine.
	 * @param channel the channel
	 * @param text the text
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, String text) {
		return publish(channel, Message.text(text));
	}

	/**
	 * Publishes a binary message through the default engine.
	 * @param channel the channel
	 * @param bytes the content; don't change it afterwards
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, byte[] bytes) {
		return publish(channel, Message.binary(bytes));
	}

	/**
	 * Publishes a value as JSON text through the default engine.
	 * @param channel the channel
	 * @param value the value
	 * @return whether it was scheduled
	 * @throws IllegalStateException when there is no Jackson
	 */
	default boolean publishJson(String channel, Object value) {
		return publishJson(channel, value, defaultEngine());
	}

	/**
	 * Publishes through one engine, attached or not.
	 * @param channel the channel
	 * @param message the message
	 * @param engine the engine
	 * @return whether it was scheduled
	 */
	boolean publish(String channel, Message message, PubSubEngine engine);

	/**
	 * Publishes a text message through one engine.
	 * @param channel the channel
	 * @param text the text
	 * @param engine the engine
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, String text, PubSubEngine engine) {
		return publish(channel, Message.text(text), engine);
	}

	/**
	 * Publishes a binary message through one engine.
	 * @param channel the channel
	 * @param bytes the content; don't change it afterwards
	 * @param engine the engine
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, byte[] bytes, PubSubEngine engine) {
		return publish(channel, Message.binary(bytes), engine);
	}

	/**
	 * Publishes a value as JSON text through one engine.
	 * @param channel the channel
	 * @param value the value
	 * @param engine the engine
	 * @return whether it was scheduled
	 * @throws IllegalStateException when there is no Jackson
	 */
	boolean publishJson(String channel, Object value, PubSubEngine engine);

	/**
	 * Attaches an engine: it is called for all channels subscribed to now and later.
	 * Attaching twice changes nothing.
	 * @param engine the engine
	 */
	void attach(PubSubEngine engine);

	/**
	 * Detaches an engine: it is not called any more. The local engine stays; when the
	 * default engine is detached, the local one becomes the default.
	 * @param engine the engine
	 */
	void detach(PubSubEngine engine);

	/**
	 * Tells an engine again of all channels subscribed to, as after it lost its
	 * connection.
	 * @param engine the engine, attached
	 */
	void reset(PubSubEngine engine);

	/**
	 * The engine that {@code publish} uses when none is named.
	 * @return the engine
	 */
	PubSubEngine defaultEngine();

	/**
	 * Makes an engine the default, attaching it when it isn't. The former default stays
	 * attached.
	 * @param engine the engine
	 */
	void defaultEngine(PubSubEngine engine);

	/**
	 * The engine that delivers to the subscribers of this process only.
	 * @return the engine
	 */
	PubSubEngine localEngine();

}
