package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.iodine.Message;
import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that resume on a channel, on one event loop. Those that are caught up
 * belong to the groups of the channel; the others are written to one by one. Belongs to
 * the event loop.
 */
final class CatchUpSubscriptions {

	private static final Log logger = LogFactory.getLog(CatchUpSubscriptions.class);

	/** Number of messages of a page. */
	private static final int PAGE = 256;

	private final EventLoopSubscribers channel;

	private final String name;

	private final HistoryView history;

	/** Reads histories, because engines may have to be notified of channels before. */
	private final Executor executor;

	private final FanoutSettings settings;

	private final Set<CatchUpSubscription> apart = new LinkedHashSet<>();

	private final Set<CatchUpSubscription> together = new LinkedHashSet<>();

	/** The newest message whose delivery has begun; null before the first. */
	private @Nullable String last;

	CatchUpSubscriptions(EventLoopSubscribers channel, String name, HistoryView history, Executor executor,
			FanoutSettings settings) {
		this.channel = channel;
		this.name = name;
		this.history = history;
		this.executor = executor;
		this.settings = settings;
	}

	String name() {
		return this.name;
	}

	HistoryView history() {
		return this.history;
	}

	FanoutSettings settings() {
		return this.settings;
	}

	@Nullable String last() {
		return this.last;
	}

	void beginsAt(String newest) {
		this.last = newest;
	}

	/** Position of a message in the history; null when it has none. */
	@Nullable String positionOf(Message message) {
		return message.id().filter((id) -> this.history.ownerOf(id) == HistoryView.Owner.THIS).orElse(null);
	}

	/** Stops tracking messages, after the last stream has unsubscribed. */
	void reset() {
		this.last = null;
	}

	/**
	 * Begins the delivery of messages, divided at gaps.
	 * @param names the channel of each message, unchanged until they are delivered
	 * @param messages the messages, likewise
	 */
	void begin(List<String> names, List<Message> messages) {
		int start = 0;
		String newest = this.last;
		for (int i = 0; i < messages.size(); i++) {
			String id = messages.get(i).id().orElse(null);
			if (id == null) {
				continue;
			}
			String former = newest;
			if (former != null && !this.history.follows(former, id)) {
				if (this.history.covers(former, id) || positionOf(messages.get(i)) == null) {
					continue;
				}
				pass(names.subList(start, i), messages.subList(start, i), former);
				interrupt(former);
				start = i;
			}
			if (former != null || positionOf(messages.get(i)) != null) {
				newest = id;
			}
		}
		pass(names.subList(start, names.size()), messages.subList(start, messages.size()), newest);
	}

	/** Makes all streams catch up, because messages may have been dropped. */
	void catchUp() {
		List<CatchUpSubscription> catchingUp = List.copyOf(this.apart);
		if (this.last != null) {
			interrupt(this.last);
		}
		catchingUp.forEach(CatchUpSubscription::readAgain);
	}

	/**
	 * Announces to all streams that messages are lost, because a delivery failed: to
	 * those of its group, and to those that may have left the group since.
	 */
	void lost() {
		List<CatchUpSubscription> all = new ArrayList<>(this.together);
		all.addAll(this.apart);
		all.forEach((catchUp) -> endIfFails(catchUp, catchUp::lost));
	}

	/** Moves a stream that is caught up to the groups, or back. */
	void settle(CatchUpSubscription catchUp) {
		if (catchUp.isShared()) {
			this.apart.remove(catchUp);
			if (this.together.add(catchUp)) {
				this.channel.addToGroup(catchUp.subscriber());
			}
			return;
		}
		if (this.together.remove(catchUp)) {
			this.channel.removeFromGroup(catchUp.subscriber());
		}
		this.apart.add(catchUp);
	}

	/**
	 * Ends a subscription.
	 * @param catchUp the subscription
	 * @return whether it was subscribed
	 */
	boolean remove(CatchUpSubscription catchUp) {
		catchUp.end();
		return this.apart.remove(catchUp)
				|| (this.together.remove(catchUp) && this.channel.removeFromGroup(catchUp.subscriber()));
	}

	/**
	 * Reads the history.
	 * @param since the id of the message known last
	 * @param readers receive what was read, or null, in a later run
	 */
	void read(@Nullable String since, List<Consumer<HistoryView.@Nullable Events>> readers) {
		read(() -> this.history.since(since, PAGE), readers);
	}

	/**
	 * Reads the newest messages of the history.
	 * @param count how many are wanted
	 * @param reader gets what was read, or null, in a later run
	 */
	void readLast(int count, Consumer<HistoryView.@Nullable Events> reader) {
		read(() -> this.history.last(count), List.of(reader));
	}

	/** Whether a connection does not receive what is delivered now. */
	boolean isExcepted(Recipient recipient) {
		return this.channel.isExcepted(recipient);
	}

	/** Runs a task in a later run, after the delivery of earlier messages has begun. */
	void later(Runnable task) {
		this.channel.eventLoop().post(() -> {
			this.channel.begin();
			task.run();
		});
	}

	/**
	 * Writes the messages of deliveries in progress to one stream at once, so that it has
	 * received all messages up to the position of the channel.
	 */
	void deliverFirst(CatchUpSubscription catchUp) {
		if (this.channel.isDelivering() && this.together.contains(catchUp)) {
			this.channel.removeFromGroup(catchUp.subscriber());
			this.channel.addToGroup(catchUp.subscriber());
		}
	}

	private void read(Supplier<CompletionStage<HistoryView.Events>> page,
			List<Consumer<HistoryView.@Nullable Events>> readers) {
		try {
			this.executor.execute(() -> readPage(page)
				.whenComplete((events, failure) -> notifyReaders(readers, (failure != null) ? null : events)));
		}
		catch (RejectedExecutionException ex) {
			// the context is closing, and its connections with it
			notifyReaders(readers, null);
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> "The history of '" + this.name + "' can't be read", ex);
			notifyReaders(readers, null);
		}
	}

	private static CompletionStage<HistoryView.Events> readPage(Supplier<CompletionStage<HistoryView.Events>> page) {
		try {
			return page.get();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	private void notifyReaders(List<Consumer<HistoryView.@Nullable Events>> readers,
			HistoryView.@Nullable Events events) {
		later(() -> readers.forEach((reader) -> accept(reader, events)));
	}

	/** Contains the failure of a reader, whose connection is closed by then. */
	private void accept(Consumer<HistoryView.@Nullable Events> reader, HistoryView.@Nullable Events events) {
		try {
			reader.accept(events);
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> "A subscription can't go on with '" + this.name + "'", ex);
		}
	}

	/**
	 * Begins the delivery of messages without a gap. When it fails, none of them counts
	 * as delivered.
	 * @param newest the newest position, the last of these messages included
	 */
	private void pass(List<String> names, List<Message> messages, @Nullable String newest) {
		if (messages.isEmpty()) {
			return;
		}
		List<CatchUpSubscription> catchingUp = List.copyOf(this.apart);
		this.channel.beginInGroups(names, messages);
		this.last = newest;
		for (CatchUpSubscription catchUp : catchingUp) {
			try {
				for (int i = 0; i < messages.size(); i++) {
					catchUp.take(names.get(i), messages.get(i));
				}
			}
			catch (Throwable ex) {
				end(catchUp, ex);
			}
		}
	}

	/** Makes caught-up streams catch up again, because messages were dropped. */
	private void interrupt(String former) {
		List<CatchUpSubscription> live = new ArrayList<>(this.together);
		this.apart.stream().filter(CatchUpSubscription::isLive).forEach(live::add);
		List<Consumer<HistoryView.@Nullable Events>> readers = new ArrayList<>(live.size());
		for (CatchUpSubscription catchUp : live) {
			endIfFails(catchUp, () -> {
				readers.add(catchUp.interrupt(former));
				settle(catchUp);
			});
		}
		if (!readers.isEmpty()) {
			read(former, readers);
		}
	}

	/** Contains a failure, which closes the connection, so that its client resumes. */
	private static void endIfFails(CatchUpSubscription catchUp, Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			end(catchUp, ex);
		}
	}

	private static void end(CatchUpSubscription catchUp, Throwable failure) {
		SafeLog.guard(logger, "The end of a subscriber", () -> catchUp.subscriber().recipient().failed(failure));
	}

}
