package io.iodine.connection.fanout;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

import io.iodine.Message;
import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.LogFactory;

/**
 * Delivers published messages to connections. Pub/sub has one subscription for each
 * channel, however many connections subscribe to it. Each event loop has a list of its
 * subscribers that no other thread uses. Any thread.
 */
public final class Fanout {

	private final ThrottledLog rejections = new ThrottledLog(LogFactory.getLog(Fanout.class));

	private final FanoutSource source;

	private final FanoutSettings settings;

	private final Executor executor;

	private final FanoutObserver observer;

	private final ConcurrentMap<Name, FanoutChannel> channels = new ConcurrentHashMap<>();

	private final LongAdder subscriptions = new LongAdder();

	/**
	 * Creates the fan-out.
	 * @param source the source of messages
	 * @param settings the limits
	 * @param executor reads histories
	 * @param observer the observer
	 */
	public Fanout(FanoutSource source, FanoutSettings settings, Executor executor, FanoutObserver observer) {
		this.source = source;
		this.settings = settings;
		this.executor = executor;
		this.observer = observer;
	}

	/**
	 * Subscribes to a channel, or counts one subscriber more.
	 * @param name the channel
	 * @return the channel, which is subscribed until each join has a {@link #leave}
	 */
	FanoutChannel join(Name name) {
		FanoutChannel joined = this.channels.compute(name, (key, channel) -> {
			FanoutChannel current = (channel != null) ? channel : hear(key);
			current.members.incrementAndGet();
			return current;
		});
		this.subscriptions.increment();
		this.source.notifyEngines();
		return joined;
	}

	void leave(Name name) {
		this.channels.computeIfPresent(name, (key, channel) -> {
			if (channel.members.decrementAndGet() > 0) {
				return channel;
			}
			channel.unsubscribe.run();
			return null;
		});
		this.subscriptions.decrement();
		this.source.notifyEngines();
	}

	/**
	 * Excludes a publisher from its own message, as far as it comes by one of its
	 * subscriptions.
	 * @param name the subscription
	 * @param channel where the message is published
	 * @param message the message
	 * @param publisher the publisher
	 * @return undoes it
	 */
	Runnable exclude(Name name, String channel, Message message, Recipient publisher) {
		boolean heard = name.pattern() ? this.source.matches(name.text(), channel) : name.text().equals(channel);
		FanoutChannel subscribed = heard ? this.channels.get(name) : null;
		return (subscribed != null) ? subscribed.excluded().add(channel, message, publisher) : () -> {
		};
	}

	/** Makes event streams catch up, because messages may have been dropped. */
	public void catchUp() {
		this.channels.values().forEach(FanoutChannel::catchUp);
	}

	/**
	 * The number of channels and patterns that one connection may subscribe to.
	 * @return the number
	 */
	int maxSubscriptions() {
		return this.settings.maxSubscriptions();
	}

	void rejected(Recipient recipient, Name name) {
		this.observer.subscriptionRejected(name.text());
		this.rejections.warn(() -> recipient + " has " + maxSubscriptions()
				+ " subscriptions and gets no more (iodine.connections.max-subscriptions): '" + name.text()
				+ "' is rejected");
	}

	/**
	 * The number of channels and patterns that have subscribers.
	 * @return the number
	 */
	public int size() {
		return this.channels.size();
	}

	/**
	 * The number of subscriptions.
	 * @return the number
	 */
	public long subscriptions() {
		return this.subscriptions.sum();
	}

	private FanoutChannel hear(Name name) {
		FanoutChannel.History history = new FanoutChannel.History(name.text(),
				name.pattern() ? null : this.source.history(name.text()), this.executor,
				name.pattern() ? (channel) -> this.source.history(channel) != null : null);
		FanoutChannel channel = new FanoutChannel(name, history, this.settings, this.observer);
		channel.unsubscribe = this.source.subscribe(name.text(), name.pattern(), channel, channel.members::get);
		return channel;
	}

	/**
	 * The name of a channel, or a pattern of the same text.
	 *
	 * @param text the text
	 * @param pattern whether it is a pattern
	 */
	record Name(String text, boolean pattern) implements Comparable<Name> {

		@Override
		public String toString() {
			return (this.pattern ? "pattern '" : "channel '") + this.text + "'";
		}

		/** Hash tables stay fast when names collide, because they can be ordered. */
		@Override
		public int compareTo(Name other) {
			int order = this.text.compareTo(other.text);
			return (order != 0) ? order : Boolean.compare(this.pattern, other.pattern);
		}

	}

}
