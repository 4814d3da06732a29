package io.iodine.pubsub;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Message;
import io.iodine.MessageListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A listener that may block: it is called on callback threads, one message at a time, in
 * order, while at most so many messages wait for it.
 */
final class SerialListener implements Receiver {

	private static final Log logger = LogFactory.getLog(SerialListener.class);

	private static final ThrottledLossLog losses = new ThrottledLossLog(logger);

	/**
	 * After so many messages in a row the thread is given back, so that listeners share
	 * few threads fairly.
	 */
	private static final int MESSAGES_A_TURN = 64;

	private final MessageListener listener;

	private final Executor callbacks;

	private final int maxPending;

	private final PubSubObserver observer;

	private final Queue<Delivery> queue = new ConcurrentLinkedQueue<>();

	/** Places taken: from before a message is queued until it was handled. */
	private final AtomicInteger places = new AtomicInteger();

	/** Messages queued and not handled; whoever raises it from zero starts the turns. */
	private final AtomicInteger queued = new AtomicInteger();

	private volatile boolean ended;

	SerialListener(MessageListener listener, Executor callbacks, int maxPending, PubSubObserver observer) {
		this.listener = listener;
		this.callbacks = callbacks;
		this.maxPending = maxPending;
		this.observer = observer;
	}

	@Override
	public void receive(String channel, Message message) {
		if (!takePlace()) {
			lost(channel, "a listener is too slow, and iodine.pubsub.listener.max-pending (" + this.maxPending
					+ ") messages wait for it");
			return;
		}
		this.queue.add(new Delivery(channel, message));
		if (this.queued.getAndIncrement() == 0) {
			scheduleTurn();
		}
	}

	/** Calls the listener no more; what waits is dropped. */
	void end() {
		this.ended = true;
	}

	private boolean takePlace() {
		int taken = this.places.get();
		while (taken < this.maxPending) {
			if (this.places.compareAndSet(taken, taken + 1)) {
				return true;
			}
			taken = this.places.get();
		}
		return false;
	}

	private void scheduleTurn() {
		try {
			this.callbacks.execute(this::turn);
		}
		catch (RejectedExecutionException ex) {
			dropAll();
		}
	}

	private void turn() {
		for (int i = 0; i < MESSAGES_A_TURN; i++) {
			Delivery next = this.queue.remove();
			call(next);
			this.places.decrementAndGet();
			if (this.queued.decrementAndGet() == 0) {
				return;
			}
		}
		scheduleTurn();
	}

	private void call(Delivery delivery) {
		if (this.ended) {
			return;
		}
		try {
			this.listener.onMessage(delivery.channel, delivery.message);
		}
		catch (Throwable ex) {
			logger.error("A listener failed on a message of channel '" + delivery.channel + "'", ex);
			this.observer.listenerFailed();
		}
	}

	private void dropAll() {
		do {
			Delivery dropped = this.queue.remove();
			this.places.decrementAndGet();
			if (!this.ended) {
				lost(dropped.channel, "the callback threads take no more work");
			}
		}
		while (this.queued.decrementAndGet() > 0);
	}

	private void lost(String channel, String reason) {
		losses.lost("message of channel '" + channel + "' for a listener: " + reason);
		this.observer.listenerMessageLost();
	}

	private record Delivery(String channel, Message message) {
	}

}
