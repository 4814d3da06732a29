package io.iodine.edge;

import java.util.List;

/**
 * Several observers as one.
 *
 * @param observers whom to tell, in this order
 */
record EdgeObservers(List<EdgeObserver> observers) implements EdgeObserver {

	EdgeObservers {
		observers = List.copyOf(observers);
	}

	@Override
	public void onRejected(int status, String reason) {
		this.observers.forEach((observer) -> observer.onRejected(status, reason));
	}

	@Override
	public void onSlowReader() {
		this.observers.forEach(EdgeObserver::onSlowReader);
	}

	@Override
	public void onAcceptFailed(Throwable cause) {
		this.observers.forEach((observer) -> observer.onAcceptFailed(cause));
	}

}
