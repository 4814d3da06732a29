package io.iodine.pubsub;

import java.util.function.IntSupplier;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A receiver without a queue: its listener runs on the thread that publishes or delivers.
 * It may stand for many subscribers.
 */
final class DirectReceiver implements Receiver {

	private static final Log logger = LogFactory.getLog(DirectReceiver.class);

	private final ThrottledLog failures = ThrottledLog.ofFailures(logger);

	private final MessageListener listener;

	private final IntSupplier subscribers;

	private final PubSubObserver observer;

	DirectReceiver(MessageListener listener, IntSupplier subscribers, PubSubObserver observer) {
		this.listener = listener;
		this.subscribers = subscribers;
		this.observer = observer;
	}

	@Override
	public void receive(String channel, Message message) {
		try {
			this.listener.onMessage(channel, message);
		}
		catch (Throwable ex) {
			// the other receivers of the channel get the message
			this.failures.error(() -> "A direct listener failed on a message of channel '" + channel + "'", ex);
			this.observer.listenerFailed();
		}
	}

	@Override
	public int subscribers() {
		return this.subscribers.getAsInt();
	}

}
