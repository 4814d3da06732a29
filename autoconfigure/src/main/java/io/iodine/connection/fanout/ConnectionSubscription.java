package io.iodine.connection.fanout;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Since;
import org.jspecify.annotations.Nullable;

/** One subscription of one connection, on the fan-out's side. */
final class ConnectionSubscription {

	private final Recipient recipient;

	private final EventLoopSubscribers channel;

	private final @Nullable MessageListener listener;

	private final @Nullable As kind;

	/** Keeps its place in a history. */
	private final @Nullable CatchUpSubscription follower;

	/** Where it stands in its group; the event loop's own. */
	int index = -1;

	/** Set by {@link #end}, from any thread: nothing is delivered from here on. */
	private volatile boolean ended;

	ConnectionSubscription(Recipient recipient, EventLoopSubscribers channel, @Nullable MessageListener listener,
			@Nullable As kind, @Nullable CatchUpState ids, @Nullable Since since) {
		this.recipient = recipient;
		this.channel = channel;
		this.listener = listener;
		this.kind = kind;
		this.follower = (ids != null) ? new CatchUpSubscription(this, ids, channel.catchUpSubscriptions(), since)
				: null;
	}

	Recipient recipient() {
		return this.recipient;
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
		return !this.ended && this.recipient.isOpen();
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
		this.recipient.call(hears, name, message, this::isHearing);
	}

}
