package io.iodine.connection;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.iodine.Message;

/**
 * What a peer sends: counted, handed to the callbacks, and read no further while too much
 * of it waits for them. Belongs to the event loop, but where it says any thread.
 */
final class Inbox {

	private static final AtomicIntegerFieldUpdater<Inbox> PAUSED = AtomicIntegerFieldUpdater.newUpdater(Inbox.class,
			"paused");

	private final NettyConnection connection;

	private final CallbackQueue callbacks;

	private final LoopTraffic traffic;

	private volatile int paused;

	private long messages;

	private long bytes;

	Inbox(NettyConnection connection, CallbackQueue callbacks) {
		this.connection = connection;
		this.callbacks = callbacks;
		this.traffic = connection.turn().traffic(connection.protocol());
	}

	/** How many messages have come. */
	long messages() {
		return this.messages;
	}

	/** How many bytes they had. */
	long bytes() {
		return this.bytes;
	}

	/** A message has come. */
	void received(Message message) {
		this.messages++;
		this.bytes += message.size();
		this.traffic.received(message.size());
		if (this.connection.isOpen()) {
			this.callbacks.addMessage(message);
		}
	}

	/** Whether the reader may go on. */
	boolean wantsMore() {
		return !this.callbacks.isFull();
	}

	/** Reading pauses. */
	void pause() {
		this.paused = 1;
		this.connection.observer().readingPaused(this.connection);
		handled();
	}

	/** Whether reading has paused. Any thread. */
	boolean isPaused() {
		return this.paused != 0;
	}

	/** A message was handled: reading may go on when few wait. Any thread. */
	void handled() {
		if (this.paused != 0 && this.callbacks.hasRoom() && PAUSED.compareAndSet(this, 1, 0)) {
			this.connection.turn().post(this.connection.wire()::resume);
		}
	}

}
