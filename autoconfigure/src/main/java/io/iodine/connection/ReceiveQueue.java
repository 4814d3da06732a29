package io.iodine.connection;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.connection.frame.FrameListener;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.connection.limit.TokenBucket;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a peer sends: counted, handed to the callbacks, and read no further while too much
 * of it waits for them. Belongs to the event loop, but where it says any thread.
 */
final class ReceiveQueue implements FrameListener {

	private static final Log logger = LogFactory.getLog(ReceiveQueue.class);

	private static final AtomicIntegerFieldUpdater<ReceiveQueue> PAUSED = AtomicIntegerFieldUpdater
		.newUpdater(ReceiveQueue.class, "paused");

	private static final AtomicIntegerFieldUpdater<ReceiveQueue> WAITING = AtomicIntegerFieldUpdater
		.newUpdater(ReceiveQueue.class, "waiting");

	private final NettyConnection connection;

	private final ConnectionCallbacks callbacks;

	private final EventLoopTraffic traffic;

	private volatile int paused;

	/** Whether it waits for other connections to make room. */
	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int waiting;

	/** Of WebSockets: what arrives on a raw socket is no message of the peer's. */
	private final @Nullable TokenBucket rate;

	private long messages;

	private long bytes;

	ReceiveQueue(NettyConnection connection, ConnectionCallbacks callbacks) {
		this.connection = connection;
		this.callbacks = callbacks;
		this.rate = rate(connection);
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
	@Override
	public void received(Message message) {
		this.messages++;
		this.bytes += message.size();
		this.traffic.received(message.size());
		if (this.connection.isOpen()) {
			this.callbacks.addMessage(message);
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

	/** Whether the message, or the ping, that has come is one too many in its time. */
	@Override
	public boolean isTooFast() {
		if (this.rate == null || this.rate.take(System.nanoTime())) {
			return false;
		}
		logger.warn(this.connection + " sends more than iodine.rate.messages-per-second and is closed");
		return true;
	}

	/** Whether the reader may go on. */
	@Override
	public boolean wantsMore() {
		return !this.callbacks.isFull() && !this.connection.isFramerWaiting();
	}

	/** Whether the socket may be read on, as far as all connections are concerned too. */
	boolean mayReadOn() {
		return wantsMore() && !this.connection.receiveMemory().isFull();
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
		if (this.paused == 0 || this.connection.isFramerWaiting() || !this.callbacks.hasRoom()) {
			return;
		}
		if (!this.connection.receiveMemory().hasRoom()) {
			waitForRoom();
		}
		else if (PAUSED.compareAndSet(this, 1, 0)) {
			this.connection.turn().post(this.connection.channelHandler()::resume);
		}
	}

	/** Other connections have to make room. */
	private void waitForRoom() {
		if (WAITING.compareAndSet(this, 0, 1)) {
			this.connection.receiveMemory().whenRoom(this::wakened);
		}
	}

	private void wakened() {
		this.waiting = 0;
		this.connection.turn().post(this::handled);
	}

	private static @Nullable TokenBucket rate(NettyConnection connection) {
		AdmissionLimits limits = connection.settings().limits();
		return (limits.messagesPerSecond() > 0 && connection.protocol() == Protocol.WEBSOCKET)
				? new TokenBucket(limits.messagesPerSecond(), limits.messageBurst(), System.nanoTime()) : null;
	}

}
