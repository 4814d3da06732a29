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
 * {@link ConnectionState}. What the peer does comes in on the event loop and takes its
 * turn among the callbacks: a close too, so that what was sent before it is heard before
 * it.
 */
final class ConnectionLife {

	private static final Log logger = LogFactory.getLog(ConnectionLife.class);

	private static final AtomicReferenceFieldUpdater<ConnectionLife, @Nullable CloseReason> REASON = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionLife.class, CloseReason.class, "reason");

	private static final AtomicReferenceFieldUpdater<ConnectionLife, ConnectionState> STATE = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionLife.class, ConnectionState.class, "state");

	private final NettyConnection connection;

	private final Connections home;

	private final Permit pass;

	/** Whether the handler hears of a close without having heard of an opening. */
	private final boolean dialed;

	private final long openedAt = System.nanoTime();

	private volatile ConnectionState state = ConnectionState.OPEN;

	/** Why it closes: null until there is a reason. */
	private volatile @Nullable CloseReason reason;

	/** Whether {@code onDrained} waits for its turn: one tells of all times before it. */
	private volatile boolean drainedWaits;

	/** Whether {@code onTimeout} waits for its turn. */
	private volatile boolean timeoutWaits;

	/** Whether the peer broke the protocol: the event loop's own. */
	private boolean violated;

	/** Whether it was ever open: the event loop's own, and the last callback's. */
	private boolean opened;

	/** The time to close at, null for none: the event loop's own. */
	private @Nullable CloseDeadline deadline;

	ConnectionLife(NettyConnection connection, Connections home, Permit pass, boolean dialed) {
		this.dialed = dialed;
		this.connection = connection;
		this.home = home;
		this.pass = pass;
	}

	/** The state at the moment. Any thread. */
	ConnectionState state() {
		return this.state;
	}

	/** Whether no reason to close was given yet, as callbacks see it. Any thread. */
	boolean isOpen() {
		return this.reason == null;
	}

	@Nullable CloseReason reason() {
		return this.reason;
	}

	/** Whether the socket can take nothing more. Any thread. */
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

	/** The pipeline is ready. Event loop. */
	void open() {
		this.pass.use();
		this.opened = true;
		this.connection.observer().opened(this.connection);
		this.connection.callbacks().addEvent(() -> {
			// an accepted connection that is closed meanwhile has its onOpen before its
			// onClose
			if (isOpen() || !this.dialed) {
				this.connection.calls().open();
			}
		});
		this.connection.keepalive().start();
		// the registry of a draining server closes the connection, and onOpen comes first
		this.home.add(this.connection);
		this.connection.sendQueue().uncork();
	}

	/** Whether the connection has been opened. Event loop, and the last callback. */
	boolean wasOpened() {
		return this.opened;
	}

	/**
	 * A dialed connection can't be opened. Event loop.
	 * @param cause the side or the event that failed
	 * @param text what has failed
	 */
	void fail(Cause cause, String text) {
		begin(new CloseReason(cause, isWebSocket() ? CloseCode.NO_CLOSE_FRAME : 0, text));
		this.connection.closeChannel();
	}

	/** A message's turn has come. */
	void handle(Message message) {
		if (isOpen()) {
			this.connection.calls().message(message);
		}
	}

	/**
	 * Pending writes came down to none. Event loop; the handler hears of it in a turn to
	 * come, so that a handler which writes at once shares the loop with other
	 * connections.
	 */
	void drained() {
		this.connection.subscriptions().drained();
		if (this.connection.calls().wantsDrained() && !this.drainedWaits) {
			this.drainedWaits = true;
			this.connection.turn().post(() -> this.connection.callbacks().addEvent(() -> {
				this.drainedWaits = false;
				if (isOpen()) {
					this.connection.calls().call("onDrained", (handler) -> handler.onDrained(this.connection));
				}
			}));
		}
	}

	/** A RAW connection was idle. Event loop; one {@code onTimeout} waits at a time. */
	void idle() {
		if (this.timeoutWaits) {
			return;
		}
		this.timeoutWaits = true;
		this.connection.callbacks().addEvent(() -> {
			this.timeoutWaits = false;
			if (isOpen()) {
				this.connection.calls().call("onTimeout", (handler) -> handler.onTimeout(this.connection));
			}
		});
	}

	/** The peer's close frame has come. Event loop. */
	void peerCloses(int code, String text) {
		enter(ConnectionState.PEER_CLOSED);
		this.connection.channelHandler().peerClosed();
		this.connection.callbacks().addEvent(() -> close(Cause.PEER, code, text));
	}

	/** The peer says nothing more, and may still read. Event loop. */
	void inputEnded() {
		peerCloses(CloseCode.NO_CLOSE_FRAME, "");
	}

	/**
	 * Nothing more will come: a message of which only a part came breaks the protocol.
	 * Event loop.
	 */
	void checkWholeness() {
		if (this.connection.protocol() == Protocol.RAW && this.connection.reader().isWithinMessage()) {
			violated(CloseCode.PROTOCOL_ERROR, "the peer ended within a message");
		}
	}

	/** Whether the peer broke the protocol or a limit. Event loop. */
	boolean isViolated() {
		return this.violated;
	}

	/** The peer broke the protocol or a limit. Event loop. */
	void violated(int code, String text) {
		this.violated = true;
		this.connection.callbacks().addEvent(() -> close(Cause.PROTOCOL_ERROR, code, text));
	}

	/** Whether the peer is to answer a close frame. Event loop. */
	boolean awaitsCloseFrame() {
		return isWebSocket() && !this.violated;
	}

	/** The peer answered no ping. Event loop. */
	void unanswered() {
		begin(new CloseReason(Cause.TIMEOUT, CloseCode.NO_CLOSE_FRAME, "no answer to a ping"));
		abandon();
	}

	/** A bound of what waits for this connection was reached. Any thread. */
	void overflowed() {
		overflowed("reads too slowly", "iodine.send-queue.overflow, .max-messages, .max-size");
	}

	/**
	 * A bound of what waits was reached, and this connection goes. Any thread.
	 * @param reason what the peer is told
	 * @param properties what set the bound
	 */
	void overflowed(String reason, String properties) {
		if (begin(new CloseReason(Cause.OVERFLOW, isWebSocket() ? CloseCode.TRY_AGAIN_LATER : 0, reason))) {
			int lost = this.connection.sendQueue().pendingWrites().discard();
			this.connection.sendQueue().close(CloseCode.TRY_AGAIN_LATER, reason);
			this.connection.observer().dropped(this.connection, lost);
			logger.warn(this.connection + " is closed: " + reason + "; " + lost + " messages are dropped (" + properties
					+ ")");
		}
	}

	/**
	 * A bound of the send queue was reached, and a message is dropped. The connection
	 * stays open. Any thread.
	 * @param first whether none was lost since it had last caught up
	 */
	void lost(boolean first) {
		this.connection.observer().dropped(this.connection, 1);
		if (first) {
			logger.warn(this.connection + " reads too slowly: until it has caught up, messages to it are dropped"
					+ " (iodine.send-queue.overflow, .max-messages, .max-size)");
		}
	}

	/**
	 * The server drains. Any thread.
	 * @param retryMillis when an event stream's client should come back, 0 to say nothing
	 */
	void shutDown(int retryMillis) {
		if (retryMillis > 0 && this.connection.protocol() == Protocol.SSE) {
			this.connection.turn().post(() -> this.connection.sendQueue().retry(retryMillis));
		}
		this.connection.callbacks().addEvent(() -> {
			if (isOpen()) {
				this.connection.calls().call("onShutdown", (handler) -> handler.onShutdown(this.connection));
				close(Cause.SHUTDOWN, CloseCode.GOING_AWAY, "");
			}
		});
	}

	/** Lets go of the socket at once. Event loop. */
	void abandon() {
		this.connection.channelHandler().abandon();
	}

	/**
	 * The socket is closed. Event loop.
	 * @return false when that was known
	 */
	boolean socketGone() {
		return enter(ConnectionState.SOCKET_GONE);
	}

	/** Nothing more can be read or written. Event loop. */
	void gone() {
		guard(this::checkWholeness);
		guard(this.connection.sendQueue()::dispose);
		guard(this.connection.keepalive()::stop);
		guard(this.connection::endReader);
		guard(this::cancelDeadline);
		this.connection.callbacks().addEvent(this::end);
	}

	/** The time to close at, made when first needed. Event loop. */
	CloseDeadline deadline(ScheduledExecutorService eventLoop) {
		CloseDeadline current = this.deadline;
		if (current == null) {
			current = new CloseDeadline(this, eventLoop);
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
	 * Closes after what waits.
	 * @param cause why
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
		guard(this.connection.subscriptions()::endAll);
		this.connection.turn().post(() -> {
			if (!isSocketGone()) {
				this.connection.keepalive().closing((int) this.connection.settings().closeTimeout().toMillis());
			}
		});
		return true;
	}

	/** The last callback: whatever fails here, the rest is given back. */
	private void end() {
		guard(() -> begin(new CloseReason(Cause.PEER, isWebSocket() ? CloseCode.NO_CLOSE_FRAME : 0, "")));
		enter(ConnectionState.CLOSED);
		if (this.opened || this.dialed) {
			guard(this.connection.calls()::close);
		}
		guard(this.pass::end);
		this.home.remove(this.connection);
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
