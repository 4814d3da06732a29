package io.iodine.connection.fanout;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Since;
import org.jspecify.annotations.Nullable;

/** One subscription of one connection. */
final class ConnectionSubscription {

	private final Recipient recipient;

	/** Kept here, because a broadcast reads as little as possible of each connection. */
	private final FrameWriter frames;

	private final EventLoopSubscribers channel;

	private final @Nullable MessageListener listener;

	private final @Nullable As kind;

	/** Position in a history; null for none. */
	private final @Nullable CatchUpSubscription catchUp;

	/** Index in its group. Event loop. */
	int index = -1;

	/** Set by {@link #end} on any thread; nothing is delivered afterwards. */
	private volatile boolean ended;

	ConnectionSubscription(Recipient recipient, EventLoopSubscribers channel, @Nullable MessageListener listener,
			@Nullable As kind, @Nullable CatchUpWriter ids, @Nullable Since since) {
		this.recipient = recipient;
		this.frames = recipient.frames();
		this.channel = channel;
		this.listener = listener;
		this.kind = kind;
		this.catchUp = (ids != null) ? new CatchUpSubscription(this, ids, channel.catchUpSubscriptions(), since) : null;
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

	@Nullable CatchUpSubscription catchUp() {
		return this.catchUp;
	}

	FrameWriter frames() {
		return this.frames;
	}

	/**
	 * Whether it has ended, as all subscriptions of a connection do when its close
	 * begins.
	 */
	boolean isEnded() {
		return this.ended;
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

	/** Queues a message for the listener among the callbacks of its connection. */
	void notifyListener(String name, Message message) {
		MessageListener hears = this.listener;
		if (hears == null || !isHearing()) {
			return;
		}
		this.recipient.call(hears, name, message, this::isHearing);
	}

}
