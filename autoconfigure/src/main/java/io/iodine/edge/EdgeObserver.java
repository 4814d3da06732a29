package io.iodine.edge;

import java.net.SocketAddress;
import java.util.List;

import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** Hears what the edge did. Called on event loops: must not block. */
public interface EdgeObserver {

	/** Hears nothing. */
	EdgeObserver NONE = new EdgeObserver() {
	};

	/**
	 * Tells several observers.
	 * @param observers whom to tell, in this order
	 * @return one observer
	 */
	static EdgeObserver all(List<EdgeObserver> observers) {
		return (observers.size() == 1) ? observers.get(0) : new EdgeObservers(observers);
	}

	/**
	 * A request was refused before the application saw it whole.
	 * @param status the status of the answer
	 * @param reason one of a few fixed sentences
	 */
	default void onRejected(int status, String reason) {
	}

	/**
	 * A request of HTTP/2 was refused for its head, so that nothing behind the edge knows
	 * of it. Comes in addition to {@link #onRejected}.
	 * @param peer the other end of the socket, or null
	 * @param head the head of the request
	 * @param status the status of the answer
	 */
	default void onStreamRejected(@Nullable SocketAddress peer, Http2Headers head, int status) {
	}

	/**
	 * A connection was closed because its client took nothing of what waited for it.
	 */
	default void onSlowReader() {
	}

	/**
	 * A connection could not be accepted.
	 * @param cause what the system said
	 */
	default void onAcceptFailed(Throwable cause) {
	}

}
