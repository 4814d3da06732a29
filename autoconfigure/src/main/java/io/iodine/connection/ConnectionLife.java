package io.iodine.connection;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.iodine.CloseReason;
import io.iodine.CloseReason.Cause;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.concurrent.SafeLog;
import io.iodine.connection.frame.CloseCode;
import io.iodine.connection.limit.Permit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Drives a connection from its opening to its last callback, and holds its
 * {@link ConnectionState}. Events of the peer arrive on the event loop and are queued
 * behind earlier callbacks. A close is queued too, so that messages sent before it are
 * handled before it.
 */
final class ConnectionLife {

	private static final Log logger = LogFactory.getLog(ConnectionLife.class);

	private static final AtomicReferenceFieldUpdater<ConnectionLife, @Nullable CloseReason> REASON = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionLife.class, CloseReason.class, "reason");

	private static final AtomicReferenceFieldUpdater<ConnectionLife, ConnectionState> STATE = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionLife.class, ConnectionState.class, "state");

	private final NettyConnection connection;

	private final Permit permit;

	/** Whether {@code onClose} is called although {@code onOpen} was not. */
	private final boolean dialed;

	private final long openedAt = System.nanoTime();

	private volatile ConnectionState state = ConnectionState.OPEN;

	/** Reason of the close; null until there is one. */
	private volatile @Nullable CloseReason reason;

	/** Whether an {@code onDrained} is queued; one stands for all before it. */
	private volatile boolean drainedWaits;

	/** Whether an {@code onTimeout} is queued. */
	private volatile boolean timeoutWaits;

	/** Whether the peer violated the protocol or a limit. Event loop. */
	private boolean violated;

	/** Whether it was opened. Event loop, and the last callback. */
	private boolean opened;

	/** Deadline of the connection; null for none. Event loop. */
	private @Nullable ScheduledClose deadline;

	ConnectionLife(NettyConnection connection, Permit permit, boolean dialed) {
		this.dialed = dialed;
		this.connection = connection;
		this.permit = permit;
	}

	/** The state at the moment. Any thread. */
	ConnectionState state() {
		return this.state;
	}

	/** Whether there is no reason to close yet, as callbacks see it. Any thread. */
	boolean isOpen() {
		return this.reason == null;
	}

	@Nullable CloseReason reason() {
		return this.reason;
	}

	/** Whether the socket is closed. Any thread. */
	boolean isSocketGone() {
		return this.state.compareTo(ConnectionState.SOCKET_GONE) >= 0;
	}

	boolean isClosed() {
		return this.state == ConnectionState.CLOSED;
	}

	/** Whether the peer has sent its close frame. */
	boolean isPeerClosed() {
		return this.state == ConnectionState.PEER_CLOSED;
	}

	/** Opens the connection once its pipeline is ready. Event loop. */
	void open() {
		this.permit.use();
		this.opened = true;
		this.connection.observer().opened(this.connection);
		this.connection.callbacks().addEvent(() -> {
			// an accepted connection that is closed meanwhile has its onOpen before its
			// onClose
			if (isOpen() || !this.dialed) {
				this.connection.invoker().open();
			}
		});
		this.connection.keepalive().start();
		// the registry of a draining server closes the connection, after onOpen
		this.connection.register();
		this.connection.sendQueue().uncork();
	}

	/** Whether the connection has been opened. Event loop, and the last callback. */
	boolean wasOpened() {
		return this.opened;
	}

	/**
	 * Ends a dialed connection that can't be opened. Event loop.
	 * @param cause the cause
	 * @param text the failure
	 */
	void fail(Cause cause, String text) {
		begin(new CloseReason(cause, isWebSocket() ? CloseCode.NO_CLOSE_FRAME : 0, text));
		this.connection.closeChannel();
	}

	/** Calls the handler with a message. */
	void handle(Message message) {
		if (isOpen()) {
			this.connection.invoker().message(message);
		}
	}

	/**
	 * Handles that no write is pending any more. Event loop. The callback is queued for a
	 * later run, so that a handler which writes again shares the loop with other
	 * connections.
	 */
	void drained() {
		this.connection.drained();
		if (this.connection.invoker().wantsDrained() && !this.drainedWaits) {
			this.drainedWaits = true;
			this.connection.tasks().post(() -> this.connection.callbacks().addEvent(() -> {
				this.drainedWaits = false;
				if (isOpen()) {
					this.connection.invoker().call("onDrained", (handler) -> handler.onDrained(this.connection));
				}
			}));
		}
	}

	/** Queues an {@code onTimeout}, at most one at a time. Event loop. */
	void idle() {
		if (this.timeoutWaits) {
			return;
		}
		this.timeoutWaits = true;
		this.connection.callbacks().addEvent(() -> {
			this.timeoutWaits = false;
			if (isOpen()) {
				this.connection.invoker().call("onTimeout", (handler) -> handler.onTimeout(this.connection));
			}
		});
	}

	/** Handles the close frame of the peer. Event loop. */
	void peerCloses(int code, String text) {
		enter(ConnectionState.PEER_CLOSED);
		this.connection.channelHandler().peerClosed();
		this.connection.callbacks().addEvent(() -> close(Cause.PEER, code, text));
	}

	/** Handles the half-close of the peer, which may still read. Event loop. */
	void inputEnded() {
		peerCloses(CloseCode.NO_CLOSE_FRAME, "");
	}

	/**
	 * Reports a protocol violation if the input ended within a message. Event loop.
	 */
	void checkWholeness() {
		if (this.connection.protocol() == Protocol.RAW && this.connection.isWithinMessage()) {
			violated(CloseCode.PROTOCOL_ERROR, "the peer ended within a message");
		}
	}

	/** Whether the peer violated the protocol or a limit. Event loop. */
	boolean isViolated() {
		return this.violated;
	}

	/** Handles a violation of the protocol or of a limit. Event loop. */
	void violated(int code, String text) {
		this.violated = true;
		this.connection.callbacks().addEvent(() -> close(Cause.PROTOCOL_ERROR, code, text));
	}

	/** Whether the peer must answer a close frame. Event loop. */
	boolean awaitsCloseFrame() {
		return isWebSocket() && !this.violated;
	}

	/** Ends the connection because the peer did not answer a ping. Event loop. */
	void unanswered() {
		begin(new CloseReason(Cause.TIMEOUT, CloseCode.NO_CLOSE_FRAME, "no answer to a ping"));
		abandon();
	}

	/**
	 * Closes the connection because a bound of its send queue was reached. Any thread.
	 */
	void overflowed() {
		overflowed("reads too slowly", "iodine.send-queue.overflow, .max-messages, .max-size");
	}

	/**
	 * Closes the connection because a bound of waiting messages was reached. Any thread.
	 * @param reason the reason sent to the peer
	 * @param properties the properties that set the bound
	 */
	void overflowed(String reason, String properties) {
		if (begin(new CloseReason(Cause.OVERFLOW, isWebSocket() ? CloseCode.TRY_AGAIN_LATER : 0, reason))) {
			int lost = this.connection.sendQueue().pendingWrites().discard();
			this.connection.sendQueue().close(CloseCode.TRY_AGAIN_LATER, reason);
			this.connection.observer().dropped(this.connection, lost);
			this.connection.warnings()
				.overflows()
				.warn(() -> this.connection + " is closed: " + reason + "; " + lost + " messages are dropped ("
						+ properties + ")");
		}
	}

	/**
	 * Reports that a message was dropped at a bound of the send queue. The connection
	 * stays open. Any thread.
	 * @param first whether it is the first since the peer had last caught up
	 */
	void dropped(boolean first) {
		this.connection.observer().dropped(this.connection, 1);
		if (first) {
			this.connection.warnings()
				.drops()
				.warn(() -> this.connection + " reads too slowly: until it has caught up, messages to it are dropped"
						+ " (iodine.send-queue.overflow, .max-messages, .max-size)");
		}
	}

	/**
	 * Queues {@code onShutdown} and a close. Any thread.
	 * @param retryMillis the reconnection time of an event stream's client, 0 for none
	 */
	void shutDown(int retryMillis) {
		if (retryMillis > 0 && this.connection.protocol() == Protocol.SSE) {
			this.connection.tasks().post(() -> this.connection.sendQueue().retry(retryMillis));
		}
		this.connection.callbacks().addEvent(() -> {
			if (isOpen()) {
				this.connection.invoker().call("onShutdown", (handler) -> handler.onShutdown(this.connection));
				close(Cause.SHUTDOWN, CloseCode.GOING_AWAY, "");
			}
		});
	}

	/** Closes the socket without flushing. Event loop. */
	void abandon() {
		this.connection.channelHandler().abandon();
	}

	/**
	 * Handles the end of the socket. Event loop.
	 * @return false when it was handled before
	 */
	boolean socketGone() {
		return enter(ConnectionState.SOCKET_GONE);
	}

	/** Releases buffers and timers, and queues the last callback. Event loop. */
	void gone() {
		guard(this::checkWholeness);
		guard(this.connection.sendQueue()::dispose);
		guard(this.connection.keepalive()::stop);
		guard(this.connection::endReader);
		guard(this::cancelDeadline);
		this.connection.callbacks().addEvent(this::end);
	}

	/** Deadline of the connection, created on first use. Event loop. */
	ScheduledClose deadline(ScheduledExecutorService eventLoop) {
		ScheduledClose current = this.deadline;
		if (current == null) {
			current = new ScheduledClose(this, eventLoop);
			this.deadline = current;
		}
		return current;
	}

	private void cancelDeadline() {
		if (this.deadline != null) {
			this.deadline.cancel();
		}
	}

	private boolean isWebSocket() {
		return this.connection.protocol() == Protocol.WEBSOCKET;
	}

	/**
	 * Closes after the pending messages.
	 * @param cause the cause
	 * @param code the close code
	 * @param text the reason
	 */
	void close(Cause cause, int code, String text) {
		if (begin(new CloseReason(cause, isWebSocket() ? code : 0, text))) {
			this.connection.sendQueue().close(code, text);
		}
	}

	boolean begin(CloseReason given) {
		if (!REASON.compareAndSet(this, null, given)) {
			return false;
		}
		enter(ConnectionState.CLOSING);
		guard(this.connection::endSubscriptions);
		this.connection.tasks().post(() -> {
			if (!isSocketGone()) {
				this.connection.keepalive().closing((int) this.connection.settings().closeTimeout().toMillis());
			}
		});
		return true;
	}

	/** Runs the last callback and releases everything, even if a step fails. */
	private void end() {
		guard(() -> begin(new CloseReason(Cause.PEER, isWebSocket() ? CloseCode.NO_CLOSE_FRAME : 0, "")));
		enter(ConnectionState.CLOSED);
		if (this.opened || this.dialed) {
			guard(this.connection.invoker()::close);
		}
		guard(this.permit::end);
		this.connection.unregister();
		if (this.opened) {
			this.connection.observer().closed(this.connection, Objects.requireNonNull(this.reason), traffic());
		}
		guard(this.connection.channelHandler()::ended);
	}

	/** How long the connection has been open. */
	Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.openedAt);
	}

	private ConnectionObserver.Traffic traffic() {
		ReceiveQueue in = this.connection.receiveQueue();
		SendQueue out = this.connection.sendQueue();
		return new ConnectionObserver.Traffic(this.openedAt, in.messages(), in.bytes(), out.messagesOut(),
				out.bytesOut());
	}

	private static void guard(Runnable step) {
		SafeLog.guard(logger, "The end of a connection", step);
	}

	/**
	 * Enters a state, unless a later one was entered.
	 * @param next the state
	 * @return whether it was entered now
	 */
	private boolean enter(ConnectionState next) {
		ConnectionState current = this.state;
		while (current.compareTo(next) < 0) {
			if (STATE.compareAndSet(this, current, next)) {
				return true;
			}
			current = this.state;
		}
		return false;
	}

}
