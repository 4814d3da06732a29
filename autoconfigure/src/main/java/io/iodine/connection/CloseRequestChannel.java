package io.iodine.connection;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Subscription;

/** The channel on which processes of an application send each other close requests. */
public interface CloseRequestChannel {

	/**
	 * Subscribes to the channel.
	 * @param listener receives the requests of all processes, including this one
	 * @return the subscription
	 */
	Subscription subscribe(MessageListener listener);

	/**
	 * Publishes a request to all processes.
	 * @param request the request
	 * @return whether the default engine accepted it
	 */
	boolean publish(Message request);

}
