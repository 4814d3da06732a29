package io.iodine.handler;

import org.reactivestreams.Publisher;

/** Gives the publishers that methods return the context of the callback. */
@FunctionalInterface
public interface PublisherContext {

	/** Changes nothing. */
	PublisherContext NONE = (publisher) -> publisher;

	/**
	 * Adds the context, on the thread of the callback.
	 * @param publisher what a method returned
	 * @return the publisher with its context
	 */
	Publisher<Object> apply(Publisher<Object> publisher);

}
