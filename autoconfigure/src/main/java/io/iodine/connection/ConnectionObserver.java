package io.iodine.connection;

import java.util.List;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.connection.fanout.FanoutObserver;
import io.iodine.connection.limit.RejectionReason;
import org.jspecify.annotations.Nullable;

/**
 * Observes connections, for meters and logs. It is called on event loops and callback
 * threads and must be quick. Its exceptions are logged and contained.
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
	 * @param reason the reason
	 * @param traffic its traffic
	 */
	default void closed(Connection client, CloseReason reason, Traffic traffic) {
	}

	/**
	 * Whether {@link #called} and {@link #fannedOut} are needed; asked once, to save
	 * reading the clock.
	 * @return true to be called with durations
	 */
	@Override
	default boolean measures() {
		return false;
	}

	/**
	 * A callback has returned, or thrown.
	 * @param callback {@code onOpen} and the like, {@code listener} or {@code task}
	 * @param nanos its duration in nanoseconds
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
	 * @param reason the reason
	 */
	default void rejected(RejectionReason reason) {
	}

	/**
	 * A callback threw.
	 * @param client the connection
	 * @param callback {@code onOpen} and the like, {@code listener} or {@code task}
	 * @param failure the exception
	 */
	default void callbackFailed(Connection client, String callback, Throwable failure) {
	}

	/**
	 * Messages were dropped because the peer reads too slowly.
	 * @param client the connection, closing if that is the policy
	 * @param messages number of messages
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
	 * Combines observers, and contains their exceptions.
	 * @param observers the observers, in the order of the calls
	 * @return one observer
	 */
	static ConnectionObserver all(List<ConnectionObserver> observers) {
		return new ConnectionObservers(observers);
	}

	/**
	 * Traffic of a connection.
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
