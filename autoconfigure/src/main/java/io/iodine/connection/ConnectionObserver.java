package io.iodine.connection;

import java.util.List;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.connection.fanout.FanoutObserver;
import io.iodine.connection.limit.RejectionReason;
import org.jspecify.annotations.Nullable;

/**
 * Hears of what happens to connections, for meters and logs. Called on event loops and
 * callback threads: it must be quick. What it throws is logged and goes no further.
 */
public interface ConnectionObserver extends FanoutObserver {

	/**
	 * A connection opened; its {@code onOpen} comes next.
	 * @param client the connection
	 */
	default void opened(Connection client) {
	}

	/**
	 * A connection closed; its {@code onClose} has returned.
	 * @param client the connection
	 * @param reason why
	 * @param traffic what went through it
	 */
	default void closed(Connection client, CloseReason reason, Traffic traffic) {
	}

	/**
	 * Whether {@link #called} and {@link #fannedOut} want to hear how long things took;
	 * asked once, so that the clock is not read in vain.
	 * @return true to hear of them
	 */
	@Override
	default boolean measures() {
		return false;
	}

	/**
	 * A callback has returned, or thrown.
	 * @param callback {@code onOpen} and the like, {@code listener} or {@code task}
	 * @param nanos how long it took
	 */
	default void called(String callback, long nanos) {
	}

	/**
	 * What surrounds each {@code onMessage}; asked for each message, so it must be a
	 * field.
	 * @return the scope; null for none
	 */
	default @Nullable MessageScope messageScope() {
		return null;
	}

	/**
	 * A request was not upgraded.
	 * @param reason why
	 */
	default void refused(RejectionReason reason) {
	}

	/**
	 * A callback threw.
	 * @param client the connection
	 * @param callback {@code onOpen} and the like, {@code listener} or {@code task}
	 * @param failure what it threw
	 */
	default void callbackFailed(Connection client, String callback, Throwable failure) {
	}

	/**
	 * A peer read too slowly, reached a bound of its outbox, and lost messages.
	 * @param client the connection, closing if that is the policy
	 * @param messages how many
	 */
	default void dropped(Connection client, int messages) {
	}

	/**
	 * Reading paused because callbacks fell behind.
	 * @param client the connection
	 */
	default void readingPaused(Connection client) {
	}

	/**
	 * The executor of callbacks rejected the callbacks of a connection, which are
	 * submitted to it again.
	 */
	default void callbackRejected() {
	}

	/**
	 * Calls several observers, and contains what they throw.
	 * @param observers the observers, in the order of the calls
	 * @return one observer
	 */
	static ConnectionObserver all(List<ConnectionObserver> observers) {
		return new ConnectionObservers(observers);
	}

	/**
	 * What went through a connection.
	 *
	 * @param openedAt nanoseconds of {@link System#nanoTime()} when it opened
	 * @param messagesIn messages received
	 * @param bytesIn bytes of them
	 * @param messagesOut messages handed to the socket
	 * @param bytesOut bytes handed to the socket, framing included
	 */
	record Traffic(long openedAt, long messagesIn, long bytesIn, long messagesOut, long bytesOut) {

	}

}
