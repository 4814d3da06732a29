package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import io.iodine.Message;
import io.iodine.concurrent.SafeLog;
import io.iodine.connection.frame.Framing;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of a channel on one event loop. Publications, arrivals and departures
 * come through the loop's mailbox, so a subscriber hears what was published after it
 * subscribed; what came in one turn is delivered together.
 */
final class EventLoopSubscribers implements FanoutEventLoop.Delivery {

	private static final Log logger = LogFactory.getLog(EventLoopSubscribers.class);

	private final FanoutEventLoop turn;

	private final String name;

	/** Says of which channels the ids are not those of an event stream. */
	private final Predicate<String> keepsHistory;

	/** Those who resume, on a channel with history. */
	private final @Nullable CatchUpSubscriptions followers;

	private final AtomicBoolean catchesUp = new AtomicBoolean();

	/** Subscribers, and those on their way; any thread. */
	private final AtomicInteger subscribers = new AtomicInteger();

	private final List<SubscriberGroup> groups = new ArrayList<>(2);

	private final List<String> names = new ArrayList<>();

	/** Set by the event loop, read by publishers. */
	private volatile @Nullable Framing preparing;

	private final List<Message> messages = new ArrayList<>();

	private final FanoutObserver observer;

	private final boolean measured;

	EventLoopSubscribers(FanoutEventLoop turn, FanoutChannel.History history, FanoutSettings settings,
			FanoutObserver observer) {
		this.turn = turn;
		this.name = history.name();
		this.keepsHistory = history.ofOthers();
		this.followers = (history.past() != null)
				? new CatchUpSubscriptions(this, history.name(), history.past(), history.executor(), settings) : null;
		this.observer = observer;
		this.measured = observer.measures();
	}

	FanoutEventLoop turn() {
		return this.turn;
	}

	@Nullable CatchUpSubscriptions followers() {
		return this.followers;
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
		boolean posted = false;
		try {
			prepare(message);
			this.turn.post(() -> take(channel, message));
			posted = true;
		}
		finally {
			if (!posted) {
				this.turn.unreserve(message.size());
			}
		}
		return true;
	}

	/**
	 * Adds a subscriber. Any thread.
	 * @param subscriber the subscriber
	 * @param replaced leaves at the same moment
	 */
	void add(ConnectionSubscription subscriber, @Nullable ConnectionSubscription replaced) {
		this.subscribers.incrementAndGet();
		this.turn.post(() -> {
			deliver(false);
			if (replaced != null) {
				removeNow(replaced);
			}
			begin(subscriber);
		});
	}

	/**
	 * Removes a subscriber. Any thread.
	 * @param subscriber the subscriber
	 */
	void remove(ConnectionSubscription subscriber) {
		this.turn.post(() -> removeNow(subscriber));
	}

	/** Messages may have gone by unheard. Any thread. */
	void catchUp() {
		if (this.followers != null && this.catchesUp.compareAndSet(false, true)) {
			this.turn.post(() -> {
				this.catchesUp.set(false);
				deliver(false);
				this.followers.catchUp();
			});
		}
	}

	/**
	 * Delivers what was published in this turn.
	 * @param flush whether to flush each subscriber at once, instead of at the end of the
	 * turn
	 */
	@Override
	public void deliver(boolean flush) {
		if (this.messages.isEmpty()) {
			return;
		}
		long start = this.measured ? System.nanoTime() : 0;
		try {
			if (this.followers != null) {
				this.followers.deliver(this.names, this.messages, flush);
			}
			else {
				deliverToLanes(this.names, this.messages, flush);
			}
		}
		catch (Throwable ex) {
			// what arrives later is delivered all the same
			SafeLog.error(logger, () -> "Messages to '" + this.name + "' are dropped for one event loop", ex);
			this.observer.fanoutRefused(this.name);
		}
		finally {
			this.names.clear();
			this.messages.clear();
		}
		if (this.measured) {
			this.observer.fannedOut(System.nanoTime() - start);
		}
	}

	void deliverToLanes(List<String> names, List<Message> messages, boolean flush) {
		for (SubscriberGroup group : this.groups) {
			group.deliver(names, messages, flush);
		}
	}

	void addToLane(ConnectionSubscription subscriber) {
		group(subscriber).add(subscriber);
		this.preparing = findPreparing();
	}

	boolean removeFromLane(ConnectionSubscription subscriber) {
		boolean removed = group(subscriber).remove(subscriber);
		this.preparing = findPreparing();
		return removed;
	}

	private void prepare(Message message) {
		Framing framing = this.preparing;
		if (framing != null) {
			framing.prepare(message);
		}
	}

	private void begin(ConnectionSubscription subscriber) {
		CatchUpSubscription follower = subscriber.follower();
		if (follower == null) {
			addToLane(subscriber);
			return;
		}
		try {
			follower.begin();
		}
		catch (Throwable ex) {
			subscriber.recipient().failed(ex);
		}
	}

	private void removeNow(ConnectionSubscription subscriber) {
		CatchUpSubscription follower = subscriber.follower();
		boolean removed = (follower != null && this.followers != null) ? this.followers.remove(follower)
				: removeFromLane(subscriber);
		if (removed && this.subscribers.decrementAndGet() == 0 && this.followers != null) {
			this.followers.nobodyLeft();
		}
	}

	private @Nullable Framing findPreparing() {
		for (SubscriberGroup group : this.groups) {
			Framing framing = group.preparing();
			if (framing != null) {
				return framing;
			}
		}
		return null;
	}

	private void take(String channel, Message message) {
		this.turn.unreserve(message.size());
		if (this.messages.isEmpty()) {
			this.turn.deliverLater(this);
		}
		this.names.add(channel);
		this.messages.add(message);
	}

	private SubscriberGroup group(ConnectionSubscription subscriber) {
		for (SubscriberGroup group : this.groups) {
			if (group.suits(subscriber)) {
				return group;
			}
		}
		SubscriberGroup group = SubscriberGroup.forSubscriber(subscriber, this.keepsHistory, this.observer);
		this.groups.add(group);
		return group;
	}

}
