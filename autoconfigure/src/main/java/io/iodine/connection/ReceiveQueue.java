package io.iodine.connection;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.connection.frame.FrameListener;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.connection.limit.TokenBucket;
import org.jspecify.annotations.Nullable;

/**
 * Counts the messages of a peer, queues them as callbacks, and pauses reading while too
 * many wait. Belongs to the event loop unless a method says any thread.
 */
final class ReceiveQueue implements FrameListener {

	private static final AtomicIntegerFieldUpdater<ReceiveQueue> PAUSED = AtomicIntegerFieldUpdater
		.newUpdater(ReceiveQueue.class, "paused");

	private static final AtomicIntegerFieldUpdater<ReceiveQueue> WAITING = AtomicIntegerFieldUpdater
		.newUpdater(ReceiveQueue.class, "waiting");

	private final NettyConnection connection;

	private final EventLoopTraffic traffic;

	private volatile int paused;

	/** Whether it waits for memory of the receive queues of all connections. */
	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int waiting;

	/** Rate limit of a WebSocket; reads of a raw socket are no messages of the peer. */
	private final @Nullable TokenBucket rate;

	private long messages;

	private long bytes;

	ReceiveQueue(NettyConnection connection) {
		this.connection = connection;
		this.rate = rate(connection);
		this.traffic = connection.tasks().traffic(connection.protocol());
	}

	/** Number of messages received. */
	long messages() {
		return this.messages;
	}

	/** Number of bytes received. */
	long bytes() {
		return this.bytes;
	}

	/** Takes a received message. */
	@Override
	public void received(Message message) {
		this.messages++;
		this.bytes += message.size();
		this.traffic.received(message.size());
		if (this.connection.isOpen()) {
			this.connection.callbacks().addMessage(message);
		}
	}

	@Override
	public void pinged(byte[] payload) {
		this.connection.sendQueue().pong(payload);
	}

	@Override
	public void peerCloses(int code, String reason) {
		this.connection.life().peerCloses(code, reason);
	}

	@Override
	public void violated(int code, String reason) {
		this.connection.life().violated(code, reason);
	}

	/** Whether a message or ping exceeds the rate limit. */
	@Override
	public boolean isTooFast() {
		if (this.rate == null || this.rate.take(System.nanoTime())) {
			return false;
		}
		this.connection.warnings()
			.floods()
			.warn(() -> this.connection + " sends more than iodine.rate.messages-per-second and is closed");
		return true;
	}

	/** Whether the reader may continue. */
	@Override
	public boolean wantsMore() {
		return !this.connection.callbacks().isFull() && !this.connection.isFramerWaiting();
	}

	/** Whether the socket may be read, within the limits of all connections too. */
	boolean mayReadOn() {
		return wantsMore() && !this.connection.receiveMemory().isFull();
	}

	/** Pauses reading. */
	void pause() {
		this.paused = 1;
		this.connection.observer().readingPaused(this.connection);
		handled();
	}

	/** Whether reading has paused. Any thread. */
	boolean isPaused() {
		return this.paused != 0;
	}

	/** Resumes reading when few messages wait, after one was handled. Any thread. */
	void handled() {
		if (this.paused == 0 || this.connection.isFramerWaiting() || !this.connection.callbacks().hasRoom()) {
			return;
		}
		if (!this.connection.receiveMemory().hasRoom()) {
			waitForRoom();
		}
		else if (PAUSED.compareAndSet(this, 1, 0)) {
			this.connection.tasks().post(this.connection.channelHandler()::resume);
		}
	}

	/** Waits for memory that other connections hold. */
	private void waitForRoom() {
		if (WAITING.compareAndSet(this, 0, 1)) {
			this.connection.receiveMemory().whenRoom(this::wakened);
		}
	}

	private void wakened() {
		this.waiting = 0;
		this.connection.tasks().post(this::handled);
	}

	private static @Nullable TokenBucket rate(NettyConnection connection) {
		AdmissionLimits limits = connection.settings().limits();
		return (limits.messagesPerSecond() > 0 && connection.protocol() == Protocol.WEBSOCKET)
				? new TokenBucket(limits.messagesPerSecond(), limits.messageBurst(), System.nanoTime()) : null;
	}

}
