package io.iodine.connection.fanout;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** One channel, or pattern, and the event loops on which it has subscribers. */
final class FanoutChannel implements MessageListener {

	private static final Log logger = LogFactory.getLog(FanoutChannel.class);

	private final Fanout.Name name;

	private final History history;

	private final FanoutSettings settings;

	private final FanoutObserver observer;

	private final ExcludedPublishers excluded = new ExcludedPublishers();

	/** Replaced, never changed; replaced under this object's lock. */
	private volatile EventLoopSubscribers[] loops = {};

	/** The number of subscriptions. */
	final AtomicInteger members = new AtomicInteger();

	/** Guarded by the fan-out's map. */
	Runnable unsubscribe = () -> {
	};

	FanoutChannel(Fanout.Name name, History history, FanoutSettings settings, FanoutObserver observer) {
		this.name = name;
		this.history = history;
		this.settings = settings;
		this.observer = observer;
	}

	/** The name, one object for all subscribers. */
	Fanout.Name name() {
		return this.name;
	}

	/** Takes a message on its publisher's thread. */
	@Override
	public void onMessage(String channel, Message message) {
		Recipient except = this.excluded.isEmpty() ? null : this.excluded.take(channel, message);
		for (EventLoopSubscribers loop : this.loops) {
			if (!publish(loop, channel, message, except)) {
				this.observer.fanoutDropped(channel);
				loop.catchUp();
			}
		}
	}

	private boolean publish(EventLoopSubscribers loop, String channel, Message message, @Nullable Recipient except) {
		try {
			return loop.publish(channel, message, this.settings.maxPendingBytes(), except);
		}
		catch (Throwable ex) {
			// the other event loops get the message
			SafeLog.error(logger, () -> "A message to '" + channel + "' is dropped for one event loop", ex);
			return false;
		}
	}

	/** The publishers that are not to receive their own messages. */
	ExcludedPublishers excluded() {
		return this.excluded;
	}

	/** Makes event streams catch up, because messages may have been dropped. */
	void catchUp() {
		for (EventLoopSubscribers loop : this.loops) {
			loop.catchUp();
		}
	}

	EventLoopSubscribers on(FanoutEventLoop eventLoop) {
		EventLoopSubscribers found = find(eventLoop);
		return (found != null) ? found : add(eventLoop);
	}

	private synchronized EventLoopSubscribers add(FanoutEventLoop eventLoop) {
		EventLoopSubscribers found = find(eventLoop);
		if (found != null) {
			return found;
		}
		EventLoopSubscribers added = new EventLoopSubscribers(eventLoop, this.history, this.settings, this.observer);
		EventLoopSubscribers[] more = Arrays.copyOf(this.loops, this.loops.length + 1);
		more[more.length - 1] = added;
		this.loops = more;
		return added;
	}

	private @Nullable EventLoopSubscribers find(FanoutEventLoop eventLoop) {
		for (EventLoopSubscribers loop : this.loops) {
			if (loop.eventLoop() == eventLoop) {
				return loop;
			}
		}
		return null;
	}

	/**
	 * Histories of a channel or pattern.
	 *
	 * @param name the name of the channel
	 * @param history its history; null when none is kept
	 * @param executor the executor that reads it
	 * @param ofOthers whether a channel matched by the pattern has a history; null unless
	 * it is a pattern
	 */
	record History(String name, @Nullable HistoryView history, Executor executor,
			@Nullable Predicate<String> ofOthers) {

	}

}
