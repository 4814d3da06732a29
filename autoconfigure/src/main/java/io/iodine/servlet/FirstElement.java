package io.iodine.servlet;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Completes with the first element of a publisher. */
final class FirstElement implements Subscriber<Object> {

	private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();

	private FirstElement() {
	}

	/** Subscribes, and completes with the element, or null when there is none. */
	static CompletionStage<@Nullable Object> of(Publisher<Object> publisher) {
		FirstElement subscriber = new FirstElement();
		publisher.subscribe(subscriber);
		return subscriber.result;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(Object element) {
		this.result.complete(element);
	}

	@Override
	public void onError(Throwable failure) {
		this.result.completeExceptionally(failure);
	}

	@Override
	public void onComplete() {
		this.result.complete(null);
	}

}
