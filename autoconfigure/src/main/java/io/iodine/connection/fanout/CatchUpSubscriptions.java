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
 * The subscriptions that resume on a channel, on one event loop. Those who have heard all
 * there was hear the rest together, from the groups of the channel; the others stand
 * apart. Belongs to the event loop.
 */
final class CatchUpSubscriptions {

	private static final Log logger = LogFactory.getLog(CatchUpSubscriptions.class);

	/** So many messages are read at a time, so that no subscriber is flooded. */
	private static final int PAGE = 256;

	private final EventLoopSubscribers channel;

	private final String name;

	private final HistoryView past;

	/** Where histories are read: engines may have to be told of channels before. */
	private final Executor executor;

	private final FanoutSettings settings;

	private final Set<CatchUpSubscription> apart = new LinkedHashSet<>();

	private final Set<CatchUpSubscription> together = new LinkedHashSet<>();

	/** The newest message that went by; null when some may have gone elsewhere since. */
	private @Nullable String last;

	CatchUpSubscriptions(EventLoopSubscribers channel, String name, HistoryView past, Executor executor,
			FanoutSettings settings) {
		this.channel = channel;
		this.name = name;
		this.past = past;
		this.executor = executor;
		this.settings = settings;
	}

	String name() {
		return this.name;
	}

	HistoryView past() {
		return this.past;
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

	/** The place of a message in the history; null when it has none. */
	@Nullable String positionOf(Message message) {
		return message.id().filter((id) -> this.past.ownerOf(id) == HistoryView.Owner.THIS).orElse(null);
	}

	/** The last one has left: from now on messages are not tracked. */
	void nobodyLeft() {
		this.last = null;
	}

	/**
	 * Delivers a burst, in stretches between which nothing is missing.
	 * @param names where each message was published to
	 * @param messages the messages
	 * @param flush whether to flush at once
	 */
	void deliver(List<String> names, List<Message> messages, boolean flush) {
		int start = 0;
		for (int i = 0; i < messages.size(); i++) {
			String id = messages.get(i).id().orElse(null);
			if (id == null) {
				continue;
			}
			String former = this.last;
			if (former != null && !this.past.follows(former, id)) {
				if (this.past.covers(former, id) || positionOf(messages.get(i)) == null) {
					continue;
				}
				pass(names.subList(start, i), messages.subList(start, i), flush);
				interrupt(former);
				start = i;
			}
			if (former != null || positionOf(messages.get(i)) != null) {
				this.last = id;
			}
		}
		pass(names.subList(start, names.size()), messages.subList(start, messages.size()), flush);
	}

	/** Messages may have gone by unheard. */
	void catchUp() {
		if (this.last != null) {
			interrupt(this.last);
		}
	}

	/** Moves who now hears with the others, or no longer does. */
	void settle(CatchUpSubscription follower) {
		if (follower.isShared()) {
			this.apart.remove(follower);
			if (this.together.add(follower)) {
				this.channel.addToLane(follower.subscriber());
			}
			return;
		}
		if (this.together.remove(follower)) {
			this.channel.removeFromLane(follower.subscriber());
		}
		this.apart.add(follower);
	}

	/**
	 * Removes a follower.
	 * @param follower the follower
	 * @return whether it was here
	 */
	boolean remove(CatchUpSubscription follower) {
		follower.end();
		return this.apart.remove(follower)
				|| (this.together.remove(follower) && this.channel.removeFromLane(follower.subscriber()));
	}

	/**
	 * Reads the history.
	 * @param since the id of the message known last
	 * @param readers get what was read, or null, in a turn to come
	 */
	void read(@Nullable String since, List<Consumer<HistoryView.@Nullable Events>> readers) {
		read(() -> this.past.since(since, PAGE), readers);
	}

	/**
	 * Reads the newest messages of the history.
	 * @param count how many are wanted
	 * @param reader gets what was read, or null, in a turn to come
	 */
	void readLast(int count, Consumer<HistoryView.@Nullable Events> reader) {
		read(() -> this.past.last(count), List.of(reader));
	}

	/** Whether a connection does not receive what is delivered now. */
	boolean isExcepted(Recipient recipient) {
		return this.channel.isExcepted(recipient);
	}

	/** Runs a task in a turn to come, behind what is to be delivered by then. */
	void later(Runnable task) {
		this.channel.turn().post(() -> {
			this.channel.deliver(false);
			task.run();
		});
	}

	private void read(Supplier<CompletionStage<HistoryView.Events>> page,
			List<Consumer<HistoryView.@Nullable Events>> readers) {
		try {
			this.executor.execute(() -> readPage(page)
				.whenComplete((events, failure) -> tell(readers, (failure != null) ? null : events)));
		}
		catch (RejectedExecutionException ex) {
			// the context is closing, and connections with it
			tell(readers, null);
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> "The history of '" + this.name + "' can't be read", ex);
			tell(readers, null);
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

	private void tell(List<Consumer<HistoryView.@Nullable Events>> readers, HistoryView.@Nullable Events events) {
		later(() -> readers.forEach((reader) -> accept(reader, events)));
	}

	/** A reader that fails, whose connection is closed by then, stops no other. */
	private void accept(Consumer<HistoryView.@Nullable Events> reader, HistoryView.@Nullable Events events) {
		try {
			reader.accept(events);
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> "A subscription can't go on with '" + this.name + "'", ex);
		}
	}

	private void pass(List<String> names, List<Message> messages, boolean flush) {
		if (messages.isEmpty()) {
			return;
		}
		this.channel.deliverToLanes(names, messages, flush);
		for (CatchUpSubscription follower : List.copyOf(this.apart)) {
			try {
				for (int i = 0; i < messages.size(); i++) {
					follower.take(names.get(i), messages.get(i));
				}
			}
			catch (Throwable ex) {
				follower.subscriber().recipient().failed(ex);
			}
		}
	}

	/** Messages were lost on the way here: who heard all so far catches up. */
	private void interrupt(String former) {
		List<CatchUpSubscription> live = new ArrayList<>(this.together);
		this.apart.stream().filter(CatchUpSubscription::isLive).forEach(live::add);
		List<Consumer<HistoryView.@Nullable Events>> readers = new ArrayList<>(live.size());
		for (CatchUpSubscription follower : live) {
			readers.add(follower.interrupt(former));
			settle(follower);
		}
		if (!readers.isEmpty()) {
			read(former, readers);
		}
	}

}
