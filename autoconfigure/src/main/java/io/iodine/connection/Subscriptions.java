package io.iodine.connection;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.iodine.As;
import io.iodine.MessageListener;

/**
 * The subscriptions of one connection: one a channel and one a pattern. Any thread; the
 * lock guards the map and calls nobody but the fan-out.
 */
final class Subscriptions {

	private final NettyConnection connection;

	private final Fanout fanout;

	/** Guarded by this object; made when first needed. */
	private @Nullable Map<Fanout.Name, Subscriber> subscribers;

	private boolean ended;

	Subscriptions(NettyConnection connection, Fanout fanout) {
		this.connection = connection;
		this.fanout = fanout;
	}

	boolean add(String channel, boolean pattern, @Nullable MessageListener listener, @Nullable As kind) {
		Fanout.Name name = new Fanout.Name(channel, pattern);
		LoopChannel joined = this.fanout.join(name).on(this.connection.turn());
		Subscriber subscriber = new Subscriber(this.connection, joined, listener, kind);
		Subscriber replaced = null;
		boolean refused;
		synchronized (this) {
			refused = this.ended;
			if (!refused) {
				replaced = subscribers().put(name, subscriber);
				subscriber.begin(replaced);
			}
		}
		if (refused || replaced != null) {
			this.fanout.leave(name);
		}
		return !refused;
	}

	boolean remove(String channel, boolean pattern) {
		Fanout.Name name = new Fanout.Name(channel, pattern);
		Subscriber removed;
		synchronized (this) {
			removed = (this.subscribers != null) ? this.subscribers.remove(name) : null;
		}
		if (removed != null) {
			removed.end();
			this.fanout.leave(name);
		}
		return removed != null;
	}

	synchronized boolean contains(String channel) {
		return this.subscribers != null && this.subscribers.containsKey(new Fanout.Name(channel, false));
	}

	void endAll() {
		Map<Fanout.Name, Subscriber> all;
		synchronized (this) {
			this.ended = true;
			all = this.subscribers;
			this.subscribers = null;
		}
		if (all != null) {
			all.forEach((name, subscriber) -> {
				subscriber.end();
				this.fanout.leave(name);
			});
		}
	}

	private Map<Fanout.Name, Subscriber> subscribers() {
		if (this.subscribers == null) {
			this.subscribers = new HashMap<>(4);
		}
		return this.subscribers;
	}

}
