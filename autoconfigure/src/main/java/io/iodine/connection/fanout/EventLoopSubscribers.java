package io.iodine.connection.fanout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

	/** Number of messages of which a batch keeps the memory. */
	private static final int MAX_KEPT = 64;

	private final FanoutEventLoop eventLoop;

	private final String name;

	/** Whether a channel has a history of its own; null unless this is a pattern. */
	private final @Nullable Predicate<String> keepsHistory;

	private final FanoutChannel.History history;

	private final FanoutSettings settings;

	/**
	 * The subscriptions that resume. A channel with history has them from the beginning,
	 * another one when they are first needed.
	 */
	private volatile @Nullable CatchUpSubscriptions catchUps;

	private final AtomicBoolean catchesUp = new AtomicBoolean();

	/** Number of subscribers, including those being added. Any thread. */
	private final AtomicInteger subscribers = new AtomicInteger();

	private final List<SubscriberGroup> groups = new ArrayList<>(2);

	/** Batches whose delivery has begun and is not done; their memory stays reserved. */
	private final Queue<MessageBatch> begun = new ArrayDeque<>(2);

	/** Messages whose delivery has not begun. */
	private MessageBatch waiting = new MessageBatch();

	/** An empty batch that was delivered; null when all are in use. */
	private @Nullable MessageBatch spare;

	/** The batch whose delivery begins now. */
	private @Nullable MessageBatch beginning;

	/** Does not receive the batch whose delivery begins now; the event loop's own. */
	private @Nullable Recipient except;

	private final DroppedMessages dropped;

	/** Set by the event loop, read by publishers. */
	private volatile @Nullable Framing preparing;

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
		this.dropped = new DroppedMessages(this.name, observer);
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
			begin();
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
			try {
				this.eventLoop.post(() -> {
					this.catchesUp.set(false);
					begin();
					current.catchUp();
				});
			}
			catch (Throwable ex) {
				this.catchesUp.set(false);
				throw ex;
			}
		}
	}

	/**
	 * Delivers the messages of this run until the time is up, and continues in the next
	 * one.
	 * @param flush whether to flush each subscriber at once, instead of at the end of the
	 * run
	 */
	@Override
	public void deliver(boolean flush) {
		if (this.waiting.isEmpty() && this.begun.isEmpty()) {
			return;
		}
		long start = this.measured ? System.nanoTime() : 0;
		try {
			if (run(flush)) {
				begin();
				run(flush);
			}
		}
		finally {
			if (!this.waiting.isEmpty() || !this.begun.isEmpty()) {
				this.eventLoop.deliverLater(this);
			}
		}
		if (this.measured) {
			this.observer.fannedOut(System.nanoTime() - start);
		}
	}

	/**
	 * Begins the delivery of the waiting messages. Later subscribers do not receive them.
	 */
	void begin() {
		MessageBatch batch = this.waiting;
		if (batch.isEmpty()) {
			return;
		}
		try {
			MessageBatch next = (this.spare != null) ? this.spare : new MessageBatch();
			this.begun.add(batch);
			this.waiting = next;
			this.spare = null;
		}
		catch (Throwable ex) {
			end(batch);
			notBegun(ex);
			return;
		}
		this.beginning = batch;
		try {
			CatchUpSubscriptions current = this.catchUps;
			if (current != null) {
				current.begin(batch.names(), batch.messages());
			}
			else {
				beginInGroups(batch.names(), batch.messages());
			}
		}
		catch (Throwable ex) {
			notBegun(ex);
		}
		finally {
			this.beginning = null;
		}
	}

	/** Continues deliveries; false when some are left. */
	private boolean run(boolean flush) {
		for (MessageBatch batch; (batch = this.begun.peek()) != null;) {
			if (!batch.run(flush, this.eventLoop, this.dropped::notDelivered)) {
				return false;
			}
			this.begun.remove();
			this.spare = (batch.messages().size() <= MAX_KEPT) ? batch : null;
			end(batch);
			announceLoss();
			if (!this.begun.isEmpty() && this.eventLoop.isTimeUp()) {
				return false;
			}
		}
		for (SubscriberGroup group : this.groups) {
			group.compact();
		}
		return true;
	}

	/** Returns the memory of messages. */
	private void end(MessageBatch batch) {
		for (Message message : batch.messages()) {
			this.eventLoop.unreserve(message.size());
		}
		batch.clear();
	}

	/**
	 * Drops messages that count as not delivered, so that subscriptions that resume read
	 * them.
	 */
	private void notBegun(Throwable failure) {
		this.dropped.notBegun(failure);
		SafeLog.guard(logger, "Catching up after messages were dropped", this::catchUp);
	}

	private void announceLoss() {
		CatchUpSubscriptions current = this.catchUps;
		if (this.dropped.takeLost() && current != null) {
			SafeLog.guard(logger, "Announcing that messages were dropped", current::lost);
		}
	}

	/**
	 * Begins the delivery of messages of the batch that begins, to all groups or to none.
	 * @param names the channel of each message
	 * @param messages the messages
	 */
	void beginInGroups(List<String> names, List<Message> messages) {
		MessageBatch batch = Objects.requireNonNull(this.beginning);
		int before = batch.deliveries();
		try {
			for (SubscriberGroup group : this.groups) {
				group.begin(names, messages, this.except, batch::add);
			}
		}
		catch (Throwable ex) {
			batch.removeDeliveries(before);
			throw ex;
		}
	}

	/** Whether a delivery has begun and is not done. */
	boolean isDelivering() {
		return !this.begun.isEmpty();
	}

	void addToGroup(ConnectionSubscription subscriber) {
		group(subscriber).add(subscriber);
		this.preparing = findPreparing();
	}

	/**
	 * Removes a subscriber from its group, after it was written what is on its way to it,
	 * unless it has ended.
	 * @param subscriber the subscriber
	 * @return whether it was in the group
	 */
	boolean removeFromGroup(ConnectionSubscription subscriber) {
		boolean delivering = !this.begun.isEmpty();
		if (delivering && !subscriber.isEnded()) {
			this.begun.forEach((batch) -> batch.deliverTo(subscriber, this.dropped::notDelivered));
		}
		boolean removed = group(subscriber).remove(subscriber, delivering);
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
		if (excepted == null) {
			addWaiting(channel, message);
			return;
		}
		// others must not be joined with it
		begin();
		addWaiting(channel, message);
		this.except = excepted;
		try {
			begin();
		}
		finally {
			this.except = null;
		}
	}

	private void addWaiting(String channel, Message message) {
		try {
			if (this.waiting.isEmpty() && this.begun.isEmpty()) {
				this.eventLoop.deliverLater(this);
			}
			this.waiting.add(channel, message);
		}
		catch (Throwable ex) {
			this.eventLoop.unreserve(message.size());
			notBegun(ex);
		}
	}

	private SubscriberGroup group(ConnectionSubscription subscriber) {
		for (SubscriberGroup group : this.groups) {
			if (group.suits(subscriber)) {
				return group;
			}
		}
		SubscriberGroup group = SubscriberGroup.forSubscriber(subscriber, this.keepsHistory, this.dropped::notEncoded);
		this.groups.add(group);
		return group;
	}

}
