package io.iodine.connection.fanout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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
 * The subscribers of a channel on one event loop. Messages, subscriptions and their ends
 * pass through the same queue of tasks, so that a subscriber gets what was published
 * after it subscribed. Messages of one run are delivered together.
 */
final class EventLoopSubscribers implements FanoutEventLoop.Delivery {

	private static final Log logger = LogFactory.getLog(EventLoopSubscribers.class);

	private final FanoutEventLoop eventLoop;

	private final String name;

	/** Whether a channel has a history of its own; null unless this is a pattern. */
	private final @Nullable Predicate<String> keepsHistory;

	private final FanoutChannel.History history;

	private final FanoutSettings settings;

	/**
	 * Those who resume: there from the beginning on a channel with history, else made
	 * when first needed.
	 */
	private volatile @Nullable CatchUpSubscriptions catchUps;

	private final AtomicBoolean catchesUp = new AtomicBoolean();

	/** Number of subscribers, including those being added. Any thread. */
	private final AtomicInteger subscribers = new AtomicInteger();

	private final List<SubscriberGroup> groups = new ArrayList<>(2);

	private List<String> names = new ArrayList<>();

	/** Bursts that subscribers get in this order, the first of them begun or not. */
	private final Queue<GroupDelivery> bursts = new ArrayDeque<>(2);

	/** Does not receive what is delivered now; the event loop's own. */
	private @Nullable Recipient except;

	/** Set by the event loop, read by publishers. */
	private volatile @Nullable Framing preparing;

	private List<Message> messages = new ArrayList<>();

	/** The messages of the bursts that are left; their memory stays reserved. */
	private List<Message> delivering = List.of();

	private final FanoutObserver observer;

	private final boolean measured;

	EventLoopSubscribers(FanoutEventLoop eventLoop, FanoutChannel.History history, FanoutSettings settings,
			FanoutObserver observer) {
		this.eventLoop = eventLoop;
		this.name = history.name();
		this.keepsHistory = history.ofOthers();
		this.history = history;
		this.settings = settings;
		this.catchUps = (history.history() != null) ? catchUpSubscriptions(history.history()) : null;
		this.observer = observer;
		this.measured = observer.measures();
	}

	FanoutEventLoop eventLoop() {
		return this.eventLoop;
	}

	/** Whether the channel has a history. Any thread. */
	boolean keepsHistory() {
		return this.history.history() != null;
	}

	/** The subscriptions that resume, created on first use. Any thread. */
	synchronized CatchUpSubscriptions catchUpSubscriptions() {
		CatchUpSubscriptions current = this.catchUps;
		if (current == null) {
			current = catchUpSubscriptions(new MissingHistory());
			this.catchUps = current;
		}
		return current;
	}

	private CatchUpSubscriptions catchUpSubscriptions(HistoryView history) {
		return new CatchUpSubscriptions(this, this.name, history, this.history.executor(), this.settings);
	}

	/**
	 * Publishes to the subscribers here. Any thread.
	 * @param channel the channel it was published to
	 * @param message the message
	 * @param maxPending how many bytes may wait for this event loop
	 * @param except does not receive it; null when all do
	 * @return false: too much waits
	 */
	boolean publish(String channel, Message message, long maxPending, @Nullable Recipient except) {
		if (this.subscribers.get() == 0) {
			return true;
		}
		if (!this.eventLoop.reserve(message.size(), maxPending)) {
			return false;
		}
		boolean posted = false;
		try {
			prepare(message);
			this.eventLoop.post(() -> take(channel, message, except));
			posted = true;
		}
		finally {
			if (!posted) {
				this.eventLoop.unreserve(message.size());
			}
		}
		return true;
	}

	/**
	 * Adds a subscriber. Any thread.
	 * @param subscriber the subscriber
	 * @param replaced the subscription it replaces; null for none
	 */
	void add(ConnectionSubscription subscriber, @Nullable ConnectionSubscription replaced) {
		this.subscribers.incrementAndGet();
		this.eventLoop.post(() -> {
			deliverAll();
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
		this.eventLoop.post(() -> removeNow(subscriber));
	}

	/**
	 * Makes event streams catch up, because messages may have been dropped. Any thread.
	 */
	void catchUp() {
		CatchUpSubscriptions current = this.catchUps;
		if (current != null && this.catchesUp.compareAndSet(false, true)) {
			this.eventLoop.post(() -> {
				this.catchesUp.set(false);
				deliverAll();
				current.catchUp();
			});
		}
	}

	/**
	 * Delivers the messages of this run until the time is up, and continues in the next
	 * one. What must not happen within a delivery, such as that the subscribers change,
	 * completes it first.
	 * @param flush whether to flush each subscriber at once, instead of at the end of the
	 * run
	 */
	@Override
	public void deliver(boolean flush) {
		deliver(flush, this.eventLoop);
	}

	/** Delivers all messages. */
	private void deliverAll() {
		deliver(false, null);
	}

	private void deliver(boolean flush, @Nullable FanoutEventLoop pausing) {
		if (this.messages.isEmpty() && this.bursts.isEmpty()) {
			return;
		}
		long start = this.measured ? System.nanoTime() : 0;
		if (!run(flush, pausing) || (!this.messages.isEmpty() && !runNext(flush, pausing))) {
			this.eventLoop.deliverLater(this);
		}
		if (this.measured) {
			this.observer.fannedOut(System.nanoTime() - start);
		}
	}

	/** Delivers the messages that wait; false when bursts of them are left. */
	private boolean runNext(boolean flush, @Nullable FanoutEventLoop pausing) {
		boolean done = true;
		List<Message> begun = this.messages;
		try {
			CatchUpSubscriptions current = this.catchUps;
			if (current != null) {
				current.deliver(this.names, this.messages, flush);
			}
			else {
				this.groups.forEach((group) -> group.begin(this.names, this.messages, this.except, this.bursts::add));
				done = run(flush, pausing);
			}
		}
		catch (Throwable ex) {
			// those made before the failure have lists that are cleared now
			this.bursts.clear();
			dropped(ex);
		}
		if (done) {
			unreserve(begun);
			this.names.clear();
			begun.clear();
		}
		else {
			// the bursts that are left have the lists
			this.delivering = begun;
			this.names = new ArrayList<>();
			this.messages = new ArrayList<>();
		}
		return done;
	}

	/** Runs bursts; false when some are left. */
	private boolean run(boolean flush, @Nullable FanoutEventLoop pausing) {
		for (GroupDelivery burst; (burst = this.bursts.peek()) != null;) {
			if (!run(burst, flush, pausing)) {
				return false;
			}
			this.bursts.remove();
		}
		unreserve(this.delivering);
		this.delivering = List.of();
		return true;
	}

	private void unreserve(List<Message> delivered) {
		for (Message message : delivered) {
			this.eventLoop.unreserve(message.size());
		}
	}

	private boolean run(GroupDelivery burst, boolean flush, @Nullable FanoutEventLoop pausing) {
		try {
			return burst.run(flush, pausing);
		}
		catch (Throwable ex) {
			dropped(ex);
			return true;
		}
	}

	/** Later messages are delivered. */
	private void dropped(Throwable failure) {
		SafeLog.error(logger, () -> "Messages to '" + this.name + "' are dropped for one event loop", failure);
		this.observer.fanoutDropped(this.name);
	}

	void deliverToGroups(List<String> names, List<Message> messages, boolean flush) {
		for (SubscriberGroup group : this.groups) {
			group.begin(names, messages, this.except, (burst) -> run(burst, flush, null));
		}
	}

	void addToGroup(ConnectionSubscription subscriber) {
		group(subscriber).add(subscriber);
		this.preparing = findPreparing();
	}

	boolean removeFromGroup(ConnectionSubscription subscriber) {
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
		CatchUpSubscription catchUp = subscriber.catchUp();
		if (catchUp == null) {
			addToGroup(subscriber);
			return;
		}
		try {
			catchUp.begin();
		}
		catch (Throwable ex) {
			subscriber.recipient().failed(ex);
		}
	}

	private void removeNow(ConnectionSubscription subscriber) {
		if (!this.bursts.isEmpty()) {
			deliverAll();
		}
		CatchUpSubscription catchUp = subscriber.catchUp();
		CatchUpSubscriptions current = this.catchUps;
		boolean removed = (catchUp != null && current != null) ? current.remove(catchUp) : removeFromGroup(subscriber);
		if (removed && this.subscribers.decrementAndGet() == 0 && current != null) {
			current.reset();
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

	/** Whether a connection does not receive what is delivered now. */
	boolean isExcepted(Recipient recipient) {
		return this.except == recipient;
	}

	private void take(String channel, Message message, @Nullable Recipient excepted) {
		if (excepted != null) {
			takeAlone(channel, message, excepted);
			return;
		}
		if (this.messages.isEmpty() && this.bursts.isEmpty()) {
			this.eventLoop.deliverLater(this);
		}
		this.names.add(channel);
		this.messages.add(message);
	}

	private void takeAlone(String channel, Message message, Recipient excepted) {
		deliverAll();
		this.names.add(channel);
		this.messages.add(message);
		this.except = excepted;
		try {
			deliverAll();
		}
		finally {
			this.except = null;
		}
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
