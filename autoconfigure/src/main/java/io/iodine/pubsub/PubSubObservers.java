package io.iodine.pubsub;

import java.time.Duration;
import java.util.List;

import io.iodine.PubSubEngine;
import io.iodine.concurrent.Observers;
import org.apache.commons.logging.LogFactory;

/** Calls several observers and contains their exceptions. */
final class PubSubObservers implements PubSubObserver {

	private final Observers<PubSubObserver> observers;

	private final boolean measures;

	PubSubObservers(List<PubSubObserver> observers) {
		this.observers = new Observers<>(LogFactory.getLog(PubSubObserver.class), observers);
		this.measures = observers.stream().anyMatch(PubSubObserver::measures);
	}

	@Override
	public boolean measures() {
		return this.measures;
	}

	@Override
	public void publishReturned(PubSubEngine engine, long nanos) {
		this.observers.each((observer) -> observer.publishReturned(engine, nanos));
	}

	@Override
	public void published(PubSubEngine engine, boolean scheduled) {
		this.observers.each((observer) -> observer.published(engine, scheduled));
	}

	@Override
	public void delivered(int subscriptions) {
		this.observers.each((observer) -> observer.delivered(subscriptions));
	}

	@Override
	public void listenerMessageLost() {
		this.observers.each(PubSubObserver::listenerMessageLost);
	}

	@Override
	public void listenerFailed() {
		this.observers.each(PubSubObserver::listenerFailed);
	}

	@Override
	public void engineFailed(PubSubEngine engine) {
		this.observers.each((observer) -> observer.engineFailed(engine));
	}

	@Override
	public void engineMessageLost(PubSubEngine engine) {
		this.observers.each((observer) -> observer.engineMessageLost(engine));
	}

	@Override
	public void engineDown(PubSubEngine engine) {
		this.observers.each((observer) -> observer.engineDown(engine));
	}

	@Override
	public void engineUp(PubSubEngine engine, Duration gap) {
		this.observers.each((observer) -> observer.engineUp(engine, gap));
	}

}
