package io.iodine.connection.fanout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a channel that are delivered together, with the deliveries that are not
 * complete. Belongs to the event loop.
 */
final class MessageBatch {

	private final List<String> names = new ArrayList<>();

	private final List<Message> messages = new ArrayList<>();

	/** In delivery order; the first may be in progress. */
	private final Deque<GroupDelivery> deliveries = new ArrayDeque<>(2);

	/** The channel of each message. Must not be changed once deliveries are added. */
	List<String> names() {
		return this.names;
	}

	/** The messages. Must not be changed once deliveries are added. */
	List<Message> messages() {
		return this.messages;
	}

	boolean isEmpty() {
		return this.messages.isEmpty();
	}

	void add(String name, Message message) {
		this.messages.add(message);
		try {
			this.names.add(name);
		}
		catch (Throwable ex) {
			this.messages.remove(this.messages.size() - 1);
			throw ex;
		}
	}

	void add(GroupDelivery delivery) {
		this.deliveries.add(delivery);
	}

	/** Number of deliveries that are not complete. */
	int deliveries() {
		return this.deliveries.size();
	}

	/**
	 * Removes the newest deliveries, of which none has begun to write.
	 * @param left how many deliveries are left
	 */
	void removeDeliveries(int left) {
		while (this.deliveries.size() > left) {
			this.deliveries.removeLast();
		}
	}

	/**
	 * Delivers, or continues to. A delivery that fails is dropped.
	 * @param flush whether to flush each subscriber at once
	 * @param pausing is asked whether the time is up; null to deliver to all
	 * @param failed gets the failure of a delivery
	 * @return whether all is delivered
	 */
	boolean run(boolean flush, @Nullable FanoutEventLoop pausing, Consumer<Throwable> failed) {
		for (GroupDelivery delivery; (delivery = this.deliveries.peek()) != null;) {
			if (!run(delivery, flush, pausing, failed)) {
				return false;
			}
			this.deliveries.remove();
			if (!this.deliveries.isEmpty() && pausing != null && pausing.isTimeUp()) {
				return false;
			}
		}
		return true;
	}

	private static boolean run(GroupDelivery delivery, boolean flush, @Nullable FanoutEventLoop pausing,
			Consumer<Throwable> failed) {
		try {
			return delivery.run(flush, pausing);
		}
		catch (Throwable ex) {
			failed.accept(ex);
			return true;
		}
	}

	/**
	 * Delivers to one subscriber all that it has not received.
	 * @param subscriber the subscriber, which must be removed from its group afterwards
	 * @param failed gets the failure of a delivery
	 */
	void deliverTo(ConnectionSubscription subscriber, Consumer<Throwable> failed) {
		for (GroupDelivery delivery : this.deliveries) {
			try {
				delivery.deliverTo(subscriber);
			}
			catch (Throwable ex) {
				failed.accept(ex);
			}
		}
	}

	/** Removes the messages, after which the batch can be filled again. */
	void clear() {
		this.names.clear();
		this.messages.clear();
	}

}
