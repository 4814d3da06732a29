package io.iodine.connection.fanout;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.Arrays;
import java.util.concurrent.Executor;
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

	FanoutChannel(History history, FanoutSettings settings, FanoutObserver observer) {
		this.history = history;
		this.settings = settings;
		this.observer = observer;
	}

	/** Hears a message on its publisher's thread. */
	@Override
	public void onMessage(String channel, Message message) {
		Recipient except = this.excluded.isEmpty() ? null : this.excluded.take(channel, message);
		for (EventLoopSubscribers loop : this.loops) {
			if (!publish(loop, channel, message, except)) {
				this.observer.fanoutRefused(channel);
				loop.catchUp();
			}
		}
	}

	private boolean publish(EventLoopSubscribers loop, String channel, Message message, @Nullable Recipient except) {
		try {
			return loop.publish(channel, message, this.settings.maxPendingBytes(), except);
		}
		catch (Throwable ex) {
			// the other event loops get the message all the same
			SafeLog.error(logger, () -> "A message to '" + channel + "' is dropped for one event loop", ex);
			return false;
		}
	}

	/** The publishers that are not to receive their own messages. */
	ExcludedPublishers excluded() {
		return this.excluded;
	}

	/** Messages may have gone by unheard. */
	void catchUp() {
		for (EventLoopSubscribers loop : this.loops) {
			loop.catchUp();
		}
	}

	EventLoopSubscribers on(FanoutEventLoop turn) {
		EventLoopSubscribers found = find(turn);
		return (found != null) ? found : add(turn);
	}

	private synchronized EventLoopSubscribers add(FanoutEventLoop turn) {
		EventLoopSubscribers found = find(turn);
		if (found != null) {
			return found;
		}
		EventLoopSubscribers added = new EventLoopSubscribers(turn, this.history, this.settings, this.observer);
		EventLoopSubscribers[] more = Arrays.copyOf(this.loops, this.loops.length + 1);
		more[more.length - 1] = added;
		this.loops = more;
		return added;
	}

	private @Nullable EventLoopSubscribers find(FanoutEventLoop turn) {
		for (EventLoopSubscribers loop : this.loops) {
			if (loop.turn() == turn) {
				return loop;
			}
		}
		return null;
	}

	/**
	 * What is known of histories.
	 *
	 * @param name the name of the channel
	 * @param past its history; null when none is kept
	 * @param executor where it may be read
	 * @param ofOthers says of which of the channels heard here another stream has the
	 * ids: of those heard by a pattern that have a history
	 */
	record History(String name, @Nullable HistoryView past, Executor executor, Predicate<String> ofOthers) {

	}

}
