package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Since;
import io.iodine.Subscription;
import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one connection, at most one for each channel and pattern. Any
 * thread; the lock guards the map, and only the fan-out is called under it.
 */
public final class ConnectionSubscriptions {

	private static final Log logger = LogFactory.getLog(ConnectionSubscriptions.class);

	private final Recipient recipient;

	private final Fanout fanout;

	/** Counts the presences of all connections. */
	private final LongAdder presenceCount;

	/** Guarded by this object; unmodifiable until there are two. */
	private Map<Fanout.Name, ConnectionSubscription> subscribers = Map.of();

	/** Presences by channel; guarded by this object, created on first use. */
	private @Nullable Map<String, Subscription> presences;

	/** Followed presences by channel; guarded by this object, created on first use. */
	private @Nullable Map<String, Subscription> followed;

	/** Created when an event stream first subscribes to a channel with history. */
	private volatile @Nullable EventIds eventIds;

	/** Made when a subscription whose peer knows no ids first begins in a history. */
	private volatile @Nullable PlainCatchUpWriter positions;

	private boolean ended;

	/**
	 * Creates the empty set of subscriptions of a connection.
	 * @param recipient the connection
	 * @param fanout the fan-out
	 * @param presenceCount counts the presences of all connections
	 */
	public ConnectionSubscriptions(Recipient recipient, Fanout fanout, LongAdder presenceCount) {
		this.recipient = recipient;
		this.fanout = fanout;
		this.presenceCount = presenceCount;
	}

	/**
	 * Subscribes to a channel, with what comes.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @param listener called instead of writing messages
	 * @param kind the kind of messages to write; null for their own
	 * @return false: closed, or the maximum number of subscriptions is reached
	 */
	public boolean add(String channel, boolean pattern, @Nullable MessageListener listener, @Nullable As kind) {
		return add(channel, pattern, listener, kind, null);
	}

	/**
	 * Subscribes to a channel.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @param listener is called instead of messages being written
	 * @param kind how messages are written; null for as they are
	 * @param since where it begins in the history of the channel; null for anywhere
	 * @return false: closed, or as many subscriptions as a connection may have
	 */
	public boolean add(String channel, boolean pattern, @Nullable MessageListener listener, @Nullable As kind,
			@Nullable Since since) {
		FanoutChannel fanned = this.fanout.join(new Fanout.Name(channel, pattern));
		Fanout.Name name = fanned.name();
		EventLoopSubscribers joined = fanned.on(this.recipient.eventLoop());
		boolean hasIds = listener == null && joined.keepsHistory() && this.recipient.framing().hasEventIds();
		ConnectionSubscription former;
		boolean rejected;
		boolean full;
		synchronized (this) {
			former = this.ended ? null : this.subscribers.get(name);
			full = !this.ended && former == null && isFull();
			rejected = this.ended || full;
			if (!rejected) {
				if (since != null || !hasIds || former == null || former.catchUp() == null) {
					// a stream that catches up continues: event streams have no kinds
					ConnectionSubscription subscriber = new ConnectionSubscription(this.recipient, joined, listener,
							kind, hasIds ? eventIds() : (since != null) ? positions() : null, since);
					put(name, subscriber);
					subscriber.begin(former);
				}
			}
		}
		if (rejected || former != null) {
			this.fanout.leave(name);
		}
		if (full) {
			reject(name);
		}
		else if (!rejected && logger.isDebugEnabled()) {
			logger.debug(this.recipient + " subscribes to " + name);
		}
		return !rejected;
	}

	/**
	 * Unsubscribes from a channel.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @return whether it was subscribed to
	 */
	public boolean remove(String channel, boolean pattern) {
		Fanout.Name name = new Fanout.Name(channel, pattern);
		ConnectionSubscription removed;
		synchronized (this) {
			removed = take(name);
		}
		if (removed != null) {
			removed.end();
			this.fanout.leave(name);
			if (logger.isDebugEnabled()) {
				logger.debug(this.recipient + " unsubscribes from " + name);
			}
		}
		return removed != null;
	}

	/**
	 * Whether a channel is subscribed to.
	 * @param channel the channel
	 * @return true when it is
	 */
	public synchronized boolean contains(String channel) {
		return this.subscribers.containsKey(new Fanout.Name(channel, false));
	}

	/**
	 * Excludes this connection from a message that it publishes.
	 * @param channel where it is published
	 * @param message the message
	 * @return undoes it, when the message was not published
	 */
	public Runnable exclude(String channel, Message message) {
		List<Fanout.Name> names;
		synchronized (this) {
			names = List.copyOf(this.subscribers.keySet());
		}
		List<Runnable> undo = new ArrayList<>(1);
		for (Fanout.Name name : names) {
			if (name.pattern() || name.text().equals(channel)) {
				undo.add(this.fanout.exclude(name, channel, message, this.recipient));
			}
		}
		return () -> undo.forEach(Runnable::run);
	}

	/**
	 * Adds a presence.
	 * @param channel the channel
	 * @param joined ends the presence
	 * @return false: closed, and the presence ended
	 */
	public boolean join(String channel, Subscription joined) {
		Subscription former = joined;
		boolean rejected;
		synchronized (this) {
			rejected = this.ended;
			if (!rejected) {
				this.presences = (this.presences != null) ? this.presences : new HashMap<>(4);
				former = this.presences.put(channel, joined);
			}
		}
		if (former == null) {
			this.presenceCount.increment();
		}
		else {
			former.close();
		}
		return !rejected;
	}

	/**
	 * Ends a presence.
	 * @param channel the channel
	 * @return whether there was one
	 */
	public boolean leave(String channel) {
		Subscription left;
		synchronized (this) {
			left = (this.presences != null) ? this.presences.remove(channel) : null;
		}
		if (left != null) {
			this.presenceCount.decrement();
			left.close();
		}
		return left != null;
	}

	/**
	 * Follows the presence of a channel.
	 * @param channel the channel
	 * @param listen begins to follow
	 * @return false: closed, or the maximum number of subscriptions is reached
	 */
	public boolean follow(String channel, Supplier<Subscription> listen) {
		unfollow(channel);
		boolean full;
		synchronized (this) {
			full = isFull();
		}
		if (full) {
			reject(new Fanout.Name(channel, false));
			return false;
		}
		Subscription begun = listen.get();
		Subscription former = begun;
		boolean rejected;
		synchronized (this) {
			rejected = this.ended;
			if (!rejected) {
				this.followed = (this.followed != null) ? this.followed : new HashMap<>(4);
				former = this.followed.put(channel, begun);
			}
		}
		if (former != null) {
			former.close();
		}
		return !rejected;
	}

	/**
	 * Ends following the presence of a channel.
	 * @param channel the channel
	 * @return whether it was followed
	 */
	public boolean unfollow(String channel) {
		Subscription ended;
		synchronized (this) {
			ended = (this.followed != null) ? this.followed.remove(channel) : null;
		}
		if (ended != null) {
			ended.close();
		}
		return ended != null;
	}

	/** Continues catching up when the socket has taken all messages. Event loop. */
	public void drained() {
		EventIds ids = this.eventIds;
		if (ids != null) {
			ids.drained();
		}
		PlainCatchUpWriter shared = this.positions;
		if (shared != null) {
			shared.drained();
		}
	}

	/** Ends all subscriptions and presences; later ones are rejected. */
	public void endAll() {
		Map<Fanout.Name, ConnectionSubscription> all;
		Map<String, Subscription> left;
		Map<String, Subscription> unfollowed;
		synchronized (this) {
			this.ended = true;
			all = this.subscribers;
			this.subscribers = Map.of();
			left = this.presences;
			this.presences = null;
			unfollowed = this.followed;
			this.followed = null;
		}
		if (unfollowed != null) {
			unfollowed.values()
				.forEach((presence) -> SafeLog.guard(logger, "The end of a followed presence", presence::close));
		}
		if (left != null) {
			this.presenceCount.add(-left.size());
			left.values().forEach((presence) -> SafeLog.guard(logger, "The end of a presence", presence::close));
		}
		all.forEach((name, subscriber) -> SafeLog.guard(logger, "The end of a subscription", () -> {
			subscriber.end();
			this.fanout.leave(name);
		}));
	}

	/** Under the lock. */
	private boolean isFull() {
		int all = this.subscribers.size() + ((this.followed != null) ? this.followed.size() : 0);
		return all >= this.fanout.maxSubscriptions();
	}

	private void reject(Fanout.Name name) {
		this.fanout.rejected(this.recipient, name);
	}

	private EventIds eventIds() {
		EventIds ids = this.eventIds;
		if (ids == null) {
			ids = new EventIds(this.recipient);
			this.eventIds = ids;
		}
		return ids;
	}

	private PlainCatchUpWriter positions() {
		PlainCatchUpWriter shared = this.positions;
		if (shared == null) {
			shared = new PlainCatchUpWriter(this.recipient);
			this.positions = shared;
		}
		return shared;
	}

	/** Adds or replaces a subscription; the first needs no table. Under the lock. */
	private void put(Fanout.Name name, ConnectionSubscription subscriber) {
		if (this.subscribers.isEmpty()) {
			this.subscribers = Map.of(name, subscriber);
			return;
		}
		if (!(this.subscribers instanceof HashMap)) {
			this.subscribers = new HashMap<>(this.subscribers);
		}
		this.subscribers.put(name, subscriber);
	}

	/** Removes a subscription. Under the lock. */
	private @Nullable ConnectionSubscription take(Fanout.Name name) {
		if (this.subscribers instanceof HashMap) {
			return this.subscribers.remove(name);
		}
		ConnectionSubscription only = this.subscribers.get(name);
		if (only != null) {
			this.subscribers = Map.of();
		}
		return only;
	}

}
