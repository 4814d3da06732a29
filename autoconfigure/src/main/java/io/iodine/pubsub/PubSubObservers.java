package io.iodine.pubsub;

import java.time.Duration;
import java.util.List;

import io.iodine.PubSubEngine;

/**
 * Several observers as one.
 *
 * @param observers whom to tell, in this order
 */
record PubSubObservers(List<PubSubObserver> observers) implements PubSubObserver {

	PubSubObservers {
		observers = List.copyOf(observers);
	}

	@Override
	public boolean measures() {
		return this.observers.stream().anyMatch(PubSubObserver::measures);
	}

	@Override
	public void publishReturned(PubSubEngine engine, long nanos) {
		this.observers.forEach((observer) -> observer.publishReturned(engine, nanos));
	}

	@Override
	public void published(PubSubEngine engine, boolean scheduled) {
		this.observers.forEach((observer) -> observer.published(engine, scheduled));
	}

	@Override
	public void delivered(int subscriptions) {
		this.observers.forEach((observer) -> observer.delivered(subscriptions));
	}

	@Override
	public void listenerMessageLost() {
		this.observers.forEach(PubSubObserver::listenerMessageLost);
	}

	@Override
	public void listenerFailed() {
		this.observers.forEach(PubSubObserver::listenerFailed);
	}

	@Override
	public void engineFailed(PubSubEngine engine) {
		this.observers.forEach((observer) -> observer.engineFailed(engine));
	}

	@Override
	public void engineMessageLost(PubSubEngine engine) {
		this.observers.forEach((observer) -> observer.engineMessageLost(engine));
	}

	@Override
	public void engineDown(PubSubEngine engine) {
		this.observers.forEach((observer) -> observer.engineDown(engine));
	}

	@Override
	public void engineUp(PubSubEngine engine, Duration gap) {
		this.observers.forEach((observer) -> observer.engineUp(engine, gap));
	}

}
