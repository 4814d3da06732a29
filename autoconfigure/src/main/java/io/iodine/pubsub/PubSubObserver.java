package io.iodine.pubsub;

import java.time.Duration;
import java.util.List;

import io.iodine.PubSubEngine;

/**
 * Observes pub/sub, for meters. It is called on the thread of the event and must not
 * block. Its exceptions are logged and contained.
 */
public interface PubSubObserver {

	/** Hears nothing. */
	PubSubObserver NONE = new PubSubObserver() {
	};

	/**
	 * Calls several observers, and contains what they throw.
	 * @param observers the observers, in the order of the calls
	 * @return one observer
	 */
	static PubSubObserver all(List<PubSubObserver> observers) {
		return new PubSubObservers(observers);
	}

	/**
	 * Whether {@link #publishReturned} needs the time that publishing took; asked once,
	 * so that the clock is read only when needed.
	 * @return true when it does
	 */
	default boolean measures() {
		return false;
	}

	/**
	 * An engine took a message, or did not.
	 * @param engine the engine
	 * @param nanos how long the publisher's thread was busy with it; with the local
	 * engine this includes telling every event loop that has subscribers
	 */
	default void publishReturned(PubSubEngine engine, long nanos) {
	}

	/**
	 * A message was handed to an engine.
	 * @param engine the engine
	 * @param scheduled what the engine answered; false also when it raised an exception
	 */
	default void published(PubSubEngine engine, boolean scheduled) {
	}

	/**
	 * A message was delivered in this process.
	 * @param subscriptions how many subscriptions got it
	 */
	default void delivered(int subscriptions) {
	}

	/**
	 * A listener's queue was full, or its threads were gone, and a message for it was
	 * lost.
	 */
	default void listenerMessageLost() {
	}

	/** A listener raised an exception. */
	default void listenerFailed() {
	}

	/**
	 * An engine failed, or refused a subscription or a message.
	 * @param engine the engine
	 */
	default void engineFailed(PubSubEngine engine) {
	}

	/**
	 * A message that an engine had taken, or should have, goes nowhere: its queue was
	 * full, or its connection broke before the broker confirmed.
	 * @param engine the engine
	 */
	default void engineMessageLost(PubSubEngine engine) {
	}

	/**
	 * An engine lost its broker.
	 * @param engine the engine
	 */
	default void engineDown(PubSubEngine engine) {
	}

	/**
	 * An engine has its broker again, and every subscription is confirmed.
	 * @param engine the engine
	 * @param gap how long it had not
	 */
	default void engineUp(PubSubEngine engine, Duration gap) {
	}

}
