package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of a channel on one event loop. Publications, arrivals and departures
 * come through the loop's mailbox, so a subscriber hears what was published after it
 * subscribed; what came in one turn is delivered together.
 */
final class LoopChannel {

	private final EventLoopTurn turn;

	/** Subscribers, and those on their way; any thread. */
	private final AtomicInteger subscribers = new AtomicInteger();

	private final List<Lane> lanes = new ArrayList<>(2);

	private final List<String> names = new ArrayList<>();

	/** Set by the event loop, read by publishers. */
	private volatile @Nullable Framing preparing;

	private final List<Message> messages = new ArrayList<>();

	LoopChannel(EventLoopTurn turn) {
		this.turn = turn;
	}

	EventLoopTurn turn() {
		return this.turn;
	}

	/**
	 * Publishes to the subscribers here. Any thread.
	 * @param channel the channel it was published to
	 * @param message the message
	 * @param maxPending how many bytes may wait for this event loop
	 * @return false: too much waits
	 */
	boolean publish(String channel, Message message, long maxPending) {
		if (this.subscribers.get() == 0) {
			return true;
		}
		if (!this.turn.reserve(message.size(), maxPending)) {
			return false;
		}
		Framing framing = this.preparing;
		if (framing != null) {
			framing.prepare(message);
		}
		this.turn.post(() -> take(channel, message));
		return true;
	}

	/**
	 * Adds a subscriber. Any thread.
	 * @param subscriber the subscriber
	 * @param replaced leaves at the same moment
	 */
	void add(Subscriber subscriber, @Nullable Subscriber replaced) {
		this.subscribers.incrementAndGet();
		this.turn.post(() -> {
			deliver(false);
			if (replaced != null) {
				removeNow(replaced);
			}
			lane(subscriber).add(subscriber);
			this.preparing = findPreparing();
		});
	}

	/**
	 * Removes a subscriber. Any thread.
	 * @param subscriber the subscriber
	 */
	void remove(Subscriber subscriber) {
		this.turn.post(() -> removeNow(subscriber));
	}

	/**
	 * Delivers what was published in this turn.
	 * @param flush whether to flush each subscriber at once, instead of at the end of the
	 * turn
	 */
	void deliver(boolean flush) {
		if (this.messages.isEmpty()) {
			return;
		}
		for (Lane lane : this.lanes) {
			lane.deliver(this.names, this.messages, flush);
		}
		this.names.clear();
		this.messages.clear();
	}

	private void removeNow(Subscriber subscriber) {
		if (lane(subscriber).remove(subscriber)) {
			this.subscribers.decrementAndGet();
			this.preparing = findPreparing();
		}
	}

	private @Nullable Framing findPreparing() {
		for (Lane lane : this.lanes) {
			Framing framing = lane.preparing();
			if (framing != null) {
				return framing;
			}
		}
		return null;
	}

	private void take(String channel, Message message) {
		this.turn.unreserve(message.size());
		if (this.messages.isEmpty()) {
			this.turn.filled(this);
		}
		this.names.add(channel);
		this.messages.add(message);
	}

	private Lane lane(Subscriber subscriber) {
		for (Lane lane : this.lanes) {
			if (lane.suits(subscriber)) {
				return lane;
			}
		}
		Lane lane = Lane.forSubscriber(subscriber);
		this.lanes.add(lane);
		return lane;
	}

}
