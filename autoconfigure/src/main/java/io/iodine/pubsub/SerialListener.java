package io.iodine.pubsub;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.concurrent.CallbackExecutor;
import io.iodine.concurrent.SafeLog;
import io.iodine.concurrent.SerialExecutor;
import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A listener that may block: it is called on callback threads, one message at a time, in
 * order, while at most so many messages wait for it.
 */
final class SerialListener implements Receiver, SerialExecutor.Owner<SerialListener.Delivery> {

	private static final Log logger = LogFactory.getLog(SerialListener.class);

	private static final ThrottledLog losses = new ThrottledLog(logger);

	private static final Executor LATER = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

	/** After so many rejections in a row what waits is dropped: five seconds. */
	static final int MAX_REJECTIONS = 250;

	private final ThrottledLog failures = ThrottledLog.ofFailures(logger);

	private final MessageListener listener;

	private final CallbackExecutor callbacks;

	private final int maxPending;

	private final PubSubObserver observer;

	/** Runs what the callback executor rejected again. */
	private final Executor later;

	private final SerialExecutor<Delivery> serial = new SerialExecutor<>(this);

	/** Places taken: from before a message is queued until it was handled. */
	private final AtomicInteger places = new AtomicInteger();

	private final AtomicInteger rejections = new AtomicInteger();

	private volatile boolean ended;

	/** Whether what runs is to drop the messages, instead of calling the listener. */
	private volatile boolean dropping;

	SerialListener(MessageListener listener, CallbackExecutor callbacks, int maxPending, PubSubObserver observer) {
		this(listener, callbacks, maxPending, observer, LATER);
	}

	SerialListener(MessageListener listener, CallbackExecutor callbacks, int maxPending, PubSubObserver observer,
			Executor later) {
		this.listener = listener;
		this.callbacks = callbacks;
		this.maxPending = maxPending;
		this.observer = observer;
		this.later = later;
	}

	@Override
	public void receive(String channel, Message message) {
		if (!takePlace()) {
			lost(channel, "a listener is too slow, and iodine.pubsub.listener.max-pending (" + this.maxPending
					+ ") messages wait for it");
			return;
		}
		this.serial.add(new Delivery(channel, message));
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

	@Override
	public void start(SerialExecutor<Delivery> executor) {
		this.dropping = false;
		switch (executor.submitTo(this.callbacks)) {
			case ACCEPTED -> this.rejections.set(0);
			case CALLER -> CallbackExecutor.runInCaller(executor);
			case REJECTED -> rejected(executor);
		}
	}

	private void rejected(SerialExecutor<Delivery> executor) {
		if (this.ended || this.callbacks.isShutdown() || this.rejections.incrementAndGet() > MAX_REJECTIONS
				|| !retryLater(executor)) {
			this.dropping = true;
			CallbackExecutor.runInCaller(executor);
		}
	}

	private boolean retryLater(SerialExecutor<Delivery> executor) {
		try {
			this.later.execute(() -> {
				if (executor.isScheduled()) {
					start(executor);
				}
			});
			return true;
		}
		catch (Throwable ex) {
			SafeLog.error(logger,
					() -> "A listener can't be called, because the executor of callbacks rejects its task", ex);
			return false;
		}
	}

	@Override
	public void handle(Delivery delivery) {
		try {
			if (this.dropping && !this.ended) {
				lost(delivery.channel, "the callback threads take no more work");
			}
			else if (!this.ended) {
				call(delivery);
			}
		}
		finally {
			this.places.decrementAndGet();
		}
	}

	private void call(Delivery delivery) {
		try {
			this.listener.onMessage(delivery.channel, delivery.message);
		}
		catch (Throwable ex) {
			this.failures.error(() -> "A listener failed on a message of channel '" + delivery.channel + "'", ex);
			this.observer.listenerFailed();
		}
	}

	private void lost(String channel, String reason) {
		losses.warn((count) -> count + " dropped: message of channel '" + channel + "' for a listener: " + reason);
		this.observer.listenerMessageLost();
	}

	/**
	 * A message that waits.
	 *
	 * @param channel where it was published
	 * @param message the message
	 */
	record Delivery(String channel, Message message) {
	}

}
