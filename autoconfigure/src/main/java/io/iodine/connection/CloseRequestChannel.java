package io.iodine.connection;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Subscription;

/** The channel on which the processes of an application tell each other what to close. */
public interface CloseRequestChannel {

	/**
	 * Subscribes to the channel.
	 * @param listener gets the requests of all processes, this one included
	 * @return the subscription
	 */
	Subscription subscribe(MessageListener listener);

	/**
	 * Publishes a request to all processes.
	 * @param request the request
	 * @return whether the default engine took it
	 */
	boolean publish(Message request);

}
