package io.iodine.handler;

/**
 * Gives the publishers that methods return the context of the callback. Publishers are
 * objects here, so that Reactive Streams may be absent.
 */
@FunctionalInterface
public interface PublisherContext {

	/** Changes nothing. */
	PublisherContext NONE = (publisher) -> publisher;

	/**
	 * Adds the context, on the thread of the callback.
	 * @param publisher what a method returned
	 * @return the publisher with its context
	 */
	Object apply(Object publisher);

}
