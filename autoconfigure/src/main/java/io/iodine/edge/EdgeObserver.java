package io.iodine.edge;

import java.util.List;

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
