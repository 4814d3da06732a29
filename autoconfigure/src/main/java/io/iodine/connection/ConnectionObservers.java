package io.iodine.connection;

import java.util.List;

import io.iodine.CloseReason;
import io.iodine.Connection;

/**
 * Several observers as one.
 *
 * @param observers whom to tell, in this order
 */
record ConnectionObservers(List<ConnectionObserver> observers) implements ConnectionObserver {

	ConnectionObservers {
		observers = List.copyOf(observers);
	}

	@Override
	public void opened(Connection client) {
		this.observers.forEach((observer) -> observer.opened(client));
	}

	@Override
	public void closed(Connection client, CloseReason reason, Traffic traffic) {
		this.observers.forEach((observer) -> observer.closed(client, reason, traffic));
	}

	@Override
	public boolean measures() {
		return this.observers.stream().anyMatch(ConnectionObserver::measures);
	}

	@Override
	public void called(String callback, long nanos) {
		this.observers.forEach((observer) -> observer.called(callback, nanos));
	}

	@Override
	public void fannedOut(long nanos) {
		this.observers.forEach((observer) -> observer.fannedOut(nanos));
	}

	@Override
	public void refused(RejectionReason reason) {
		this.observers.forEach((observer) -> observer.refused(reason));
	}

	@Override
	public void callbackFailed(Connection client, String callback, Throwable failure) {
		this.observers.forEach((observer) -> observer.callbackFailed(client, callback, failure));
	}

	@Override
	public void dropped(Connection client, int messages) {
		this.observers.forEach((observer) -> observer.dropped(client, messages));
	}

	@Override
	public void readingPaused(Connection client) {
		this.observers.forEach((observer) -> observer.readingPaused(client));
	}

	@Override
	public void fanoutRefused(String channel) {
		this.observers.forEach((observer) -> observer.fanoutRefused(channel));
	}

}
