package io.iodine.connection;

import java.util.List;
import java.util.Objects;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.concurrent.Observers;
import io.iodine.connection.limit.RejectionReason;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Calls several observers and contains their exceptions. */
final class ConnectionObservers implements ConnectionObserver {

	private final Observers<ConnectionObserver> observers;

	private final boolean measures;

	private final @Nullable MessageScope messageScope;

	ConnectionObservers(List<ConnectionObserver> observers) {
		this.observers = new Observers<>(LogFactory.getLog(ConnectionObserver.class), observers);
		this.measures = observers.stream().anyMatch(ConnectionObserver::measures);
		this.messageScope = observers.stream()
			.map(ConnectionObserver::messageScope)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	@Override
	public void opened(Connection client) {
		this.observers.each((observer) -> observer.opened(client));
	}

	@Override
	public void closed(Connection client, CloseReason reason, Traffic traffic) {
		this.observers.each((observer) -> observer.closed(client, reason, traffic));
	}

	@Override
	public boolean measures() {
		return this.measures;
	}

	@Override
	public void called(String callback, long nanos) {
		this.observers.each((observer) -> observer.called(callback, nanos));
	}

	@Override
	public @Nullable MessageScope messageScope() {
		return this.messageScope;
	}

	@Override
	public void fannedOut(long nanos) {
		this.observers.each((observer) -> observer.fannedOut(nanos));
	}

	@Override
	public void rejected(RejectionReason reason) {
		this.observers.each((observer) -> observer.rejected(reason));
	}

	@Override
	public void callbackFailed(Connection client, String callback, Throwable failure) {
		this.observers.each((observer) -> observer.callbackFailed(client, callback, failure));
	}

	@Override
	public void dropped(Connection client, int messages) {
		this.observers.each((observer) -> observer.dropped(client, messages));
	}

	@Override
	public void readingPaused(Connection client) {
		this.observers.each((observer) -> observer.readingPaused(client));
	}

	@Override
	public void callbackRejected() {
		this.observers.each(ConnectionObserver::callbackRejected);
	}

	@Override
	public void fanoutDropped(String channel) {
		this.observers.each((observer) -> observer.fanoutDropped(channel));
	}

	@Override
	public void subscriptionRejected(String channel) {
		this.observers.each((observer) -> observer.subscriptionRejected(channel));
	}

}
