package io.iodine.connection;

import org.jspecify.annotations.Nullable;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.MessageListener;

/** One subscription of one connection, on the fan-out's side. */
final class ConnectionSubscription {

	private final NettyConnection connection;

	private final EventLoopSubscribers channel;

	private final @Nullable MessageListener listener;

	private final @Nullable As kind;

	/** Keeps the place of an event stream in a history. */
	private final @Nullable CatchUpSubscription follower;

	/** Where it stands in its lane; the event loop's own. */
	int index = -1;

	/** Set by {@link #end}, from any thread: nothing is delivered from here on. */
	private volatile boolean ended;

	ConnectionSubscription(NettyConnection connection, EventLoopSubscribers channel, @Nullable MessageListener listener,
			@Nullable As kind, @Nullable EventIds ids) {
		this.connection = connection;
		this.channel = channel;
		this.listener = listener;
		this.kind = kind;
		CatchUpSubscriptions followers = channel.followers();
		this.follower = (ids != null && followers != null) ? new CatchUpSubscription(this, ids, followers) : null;
	}

	NettyConnection connection() {
		return this.connection;
	}

	@Nullable MessageListener listener() {
		return this.listener;
	}

	@Nullable As kind() {
		return this.kind;
	}

	@Nullable CatchUpSubscription follower() {
		return this.follower;
	}

	boolean isHearing() {
		return !this.ended && this.connection.isOpen();
	}

	void begin(@Nullable ConnectionSubscription replaced) {
		this.channel.add(this, replaced);
	}

	void end() {
		this.ended = true;
		this.channel.remove(this);
	}

	/** Has the listener hear a message in its connection's turn. */
	void tell(String name, Message message) {
		MessageListener hears = this.listener;
		if (hears == null || !isHearing()) {
			return;
		}
		boolean waits = this.connection.callbacks().addHearing(() -> {
			if (isHearing()) {
				this.connection.calls()
					.call("listener", "a listener of channel '" + name + "'",
							(handler) -> hears.onMessage(name, message));
			}
		});
		if (!waits) {
			this.connection.sendQueue().pendingWrites().overflow();
		}
	}

}
