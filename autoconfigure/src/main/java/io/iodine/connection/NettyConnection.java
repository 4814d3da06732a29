package io.iodine.connection;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.iodine.As;
import io.iodine.CloseReason.Cause;
import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.PubSubEngine;
import io.iodine.UpgradeRequest;
import io.iodine.concurrent.CallbackExecutor;
import io.iodine.concurrent.SafeLog;
import io.iodine.connection.fanout.ConnectionSubscriptions;
import io.iodine.connection.frame.CloseCode;
import io.iodine.connection.frame.FrameReader;
import io.iodine.connection.frame.Framing;
import io.iodine.connection.limit.Permit;
import io.iodine.connection.limit.ReceiveMemoryLimiter;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A connection on a Netty channel. What its peer does comes in on the event loop and
 * takes its turn among the callbacks: a close too, so that what was sent before it is
 * heard before it.
 */
final class NettyConnection implements Connection {

	private static final Log logger = LogFactory.getLog(NettyConnection.class);

	private static final Duration MAX_IDLE = Duration.ofHours(24);

	private static final int INTERVAL_POSTED = 1;

	private static final int ABANDON_POSTED = 2;

	private static final AtomicIntegerFieldUpdater<NettyConnection> POSTED = AtomicIntegerFieldUpdater
		.newUpdater(NettyConnection.class, "posted");

	private static final AtomicReferenceFieldUpdater<NettyConnection, @Nullable CloseReason> CLOSE_REASON = AtomicReferenceFieldUpdater
		.newUpdater(NettyConnection.class, CloseReason.class, "closeReason");

	private static final AtomicReferenceFieldUpdater<NettyConnection, @Nullable Map<String, Object>> ATTRIBUTES = attributesUpdater();

	private final Connections home;

	private final long number;

	private final Channel channel;

	private final EventLoopTasks turn;

	private final Protocol protocol;

	private final ConnectionSettings settings;

	/** Of a dialed connection, known once the server has answered. */
	private volatile @Nullable String subprotocol;

	private final @Nullable UpgradeRequest request;

	private final Permit pass;

	private final HandlerInvoker calls;

	private final ConnectionCallbacks callbacks;

	private final ConnectionChannelHandler wire;

	private final ReceiveQueue receiveQueue;

	private final SendQueue sendQueue;

	private final Keepalive keepalive;

	private final ConnectionSubscriptions subscriptions;

	private final long openedAt = System.nanoTime();

	/** Null while open. */
	private volatile @Nullable CloseReason closeReason;

	private volatile boolean closed;

	private volatile int idleMillis;

	/** Whether {@code onDrained} waits for its turn: one tells of all times before it. */
	private volatile boolean drainedWaits;

	/** Whether {@code onTimeout} waits for its turn. */
	private volatile boolean timeoutWaits;

	/** What the event loop has been asked to do, and has not yet done. */
	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int posted;

	private volatile @Nullable Map<String, Object> attributes;

	/** From here on the event loop's own. */
	private FrameReader reader;

	/** Whether what is read next is to wait for another framer. Any thread. */
	private volatile boolean framerWaits;

	private boolean violated;

	private boolean opened;

	NettyConnection(Connections home, long number, Channel channel, EventLoopTasks turn, Handshake handshake,
			Framing framing, boolean http) {
		this.home = home;
		this.number = number;
		this.channel = channel;
		this.turn = turn;
		this.protocol = handshake.protocol();
		this.settings = handshake.settings().orElse(home.settings());
		this.subprotocol = handshake.subprotocol().orElse(null);
		this.request = handshake.request().orElse(null);
		this.pass = handshake.pass();
		this.calls = new HandlerInvoker(this, handshake.handler());
		this.callbacks = new ConnectionCallbacks(this, executor(handshake, home), turn, handshake.scope());
		this.wire = new ConnectionChannelHandler(this, channel, http);
		this.receiveQueue = new ReceiveQueue(this, this.callbacks);
		this.sendQueue = new SendQueue(this, framing, this.wire, turn, overflow(handshake, this.settings));
		this.idleMillis = (int) handshake.pings().interval().orElse(this.settings.pingInterval()).toMillis();
		this.keepalive = new Keepalive(this, turn.wheel(), this.idleMillis,
				(int) handshake.pings().timeout().orElse(this.settings.pingTimeout()).toMillis());
		this.subscriptions = new ConnectionSubscriptions(new ConnectionRecipient(this, this.sendQueue), home.fanout(),
				home.presences());
		this.reader = reader(handshake);
		if (handshake.dialed()) {
			this.sendQueue.cork();
		}
	}

	private static @Nullable CallbackExecutor executor(Handshake handshake, Connections home) {
		if (handshake.executor().isPresent()) {
			return new CallbackExecutor(handshake.executor().get());
		}
		return handshake.nonBlocking() ? null : home.executor();
	}

	private FrameReader reader(Handshake handshake) {
		int max = this.settings.maxMessageSize();
		return switch (this.protocol) {
			case WEBSOCKET -> handshake.dialed() ? FrameReader.webSocketClient(this.receiveQueue, max)
					: this.home.compression().reader(handshake.deflate().orElse(null), max, this.receiveQueue);
			case SSE -> handshake.dialed() ? FrameReader.events(this.receiveQueue, max) : FrameReader.DISCARD;
			case RAW -> FrameReader.of(handshake.framer(), this.receiveQueue, max);
		};
	}

	@Override
	public String id() {
		return this.home.idPrefix() + Long.toHexString(this.number);
	}

	@Override
	public Protocol protocol() {
		return this.protocol;
	}

	@Override
	public Optional<String> subprotocol() {
		return Optional.ofNullable(this.subprotocol);
	}

	@Override
	public Optional<UpgradeRequest> request() {
		return Optional.ofNullable(this.request);
	}

	@Override
	public Optional<SocketAddress> remoteAddress() {
		if (this.request != null) {
			return this.request.remoteAddress();
		}
		SocketAddress address = this.channel.remoteAddress();
		return (address instanceof InetSocketAddress) ? Optional.of(address) : Optional.empty();
	}

	@Override
	public Optional<SocketAddress> localAddress() {
		Channel socket = socket();
		SocketAddress address = socket.localAddress();
		return (address instanceof InetSocketAddress) ? Optional.of(address) : Optional.empty();
	}

	@Override
	public Optional<SSLSession> tlsSession() {
		SslHandler tls = socket().pipeline().get(SslHandler.class);
		return (tls != null) ? Optional.of(tls.engine().getSession()) : Optional.empty();
	}

	@Override
	public Optional<Principal> principal() {
		return (this.request != null) ? this.request.principal() : tlsSession().flatMap(NettyConnection::peer);
	}

	private static Optional<Principal> peer(SSLSession session) {
		try {
			return Optional.of(session.getPeerPrincipal());
		}
		catch (SSLPeerUnverifiedException ex) {
			return Optional.empty();
		}
	}

	/** The channel of the socket, which several streams may share. */
	private Channel socket() {
		return (this.channel.parent() != null && !(this.channel.parent() instanceof ServerChannel))
				? this.channel.parent() : this.channel;
	}

	@Override
	public boolean write(Message message) {
		Objects.requireNonNull(message, "the message must not be null");
		return isOpen() && !this.sendQueue.isClosed() && this.sendQueue.framing().carries(message)
				&& this.sendQueue.offer(message, null);
	}

	@Override
	public boolean writeJson(Object value) {
		return write(Message.text(this.home.json().apply(value)));
	}

	@Override
	public int pending() {
		return this.closed ? -1 : this.sendQueue.pendingWrites().messages();
	}

	@Override
	public boolean isOpen() {
		return this.closeReason == null;
	}

	@Override
	public void close() {
		close(Cause.LOCAL, CloseCode.NORMAL, "");
	}

	@Override
	public void close(int code, String reason) {
		CloseCode.check(code, reason);
		close(Cause.LOCAL, code, reason);
	}

	@Override
	public void forceClose() {
		begin(new CloseReason(Cause.LOCAL, isWebSocket() ? CloseCode.NO_CLOSE_FRAME : 0, ""));
		if ((POSTED.getAndUpdate(this, (posted) -> posted | ABANDON_POSTED) & ABANDON_POSTED) == 0) {
			this.turn.post(this.wire::abandon);
		}
	}

	@Override
	public Optional<CloseReason> closeReason() {
		return Optional.ofNullable(this.closeReason);
	}

	@Override
	public Duration timeout() {
		return Duration.ofMillis(this.idleMillis);
	}

	@Override
	public void timeout(Duration idle) {
		if (idle.isNegative() || idle.compareTo(MAX_IDLE) > 0) {
			throw new IllegalArgumentException("an idle time is from zero to 24 hours, not " + idle);
		}
		// never must not come of a time that is only very short
		this.idleMillis = idle.isZero() ? 0 : Math.max(1, (int) idle.toMillis());
		if ((POSTED.getAndUpdate(this, (posted) -> posted | INTERVAL_POSTED) & INTERVAL_POSTED) == 0) {
			this.turn.post(this::setInterval);
		}
	}

	private void setInterval() {
		POSTED.getAndUpdate(this, (posted) -> posted & ~INTERVAL_POSTED);
		if (!this.sendQueue.isClosed()) {
			this.keepalive.interval(this.idleMillis);
		}
	}

	@Override
	public ConnectionHandler handler() {
		return this.calls.last();
	}

	@Override
	public void handler(ConnectionHandler next) {
		if (this.calls.next(Objects.requireNonNull(next, "the next handler must not be null"))) {
			this.callbacks.addEvent(this.calls::replaceInTurn);
		}
	}

	@Override
	public void framer(Framer next) {
		Objects.requireNonNull(next, "the next framer must not be null");
		if (this.protocol != Protocol.RAW) {
			throw new IllegalStateException("only a RAW connection has a framer, and this one is " + this.protocol);
		}
		if (!(socket() instanceof DuplexChannel)) {
			throw new IllegalStateException("a connection over UDP has no framer, for each datagram is a message");
		}
		this.framerWaits = true;
		this.sendQueue.framer(next);
		this.turn.post(() -> switchReader(next));
	}

	@Override
	public Map<String, Object> attributes() {
		if (this.request != null) {
			return this.request.attributes();
		}
		Map<String, Object> current = this.attributes;
		if (current == null) {
			ATTRIBUTES.compareAndSet(this, null, new ConcurrentHashMap<>());
			current = Objects.requireNonNull(this.attributes);
		}
		return current;
	}

	@Override
	public boolean defer(Runnable task) {
		Objects.requireNonNull(task, "the task must not be null");
		return isOpen() && this.callbacks.addTask(() -> {
			if (isOpen()) {
				this.calls.call("task", "a deferred task", (handler) -> task.run());
			}
		});
	}

	@Override
	public boolean subscribe(String channel) {
		return subscribe(channel, false, null, null);
	}

	@Override
	public boolean subscribe(String channel, As as) {
		return subscribe(channel, false, null, Objects.requireNonNull(as, "the kind must not be null"));
	}

	@Override
	public boolean subscribe(String channel, MessageListener listener) {
		return subscribe(channel, false, Objects.requireNonNull(listener, "the listener must not be null"), null);
	}

	@Override
	public boolean subscribePattern(String glob) {
		return subscribe(glob, true, null, null);
	}

	@Override
	public boolean subscribePattern(String glob, As as) {
		return subscribe(glob, true, null, Objects.requireNonNull(as, "the kind must not be null"));
	}

	@Override
	public boolean subscribePattern(String glob, MessageListener listener) {
		return subscribe(glob, true, Objects.requireNonNull(listener, "the listener must not be null"), null);
	}

	@Override
	public boolean unsubscribe(String channel) {
		return this.subscriptions.remove(Objects.requireNonNull(channel, "the channel must not be null"), false);
	}

	@Override
	public boolean unsubscribePattern(String glob) {
		return this.subscriptions.remove(Objects.requireNonNull(glob, "the pattern must not be null"), true);
	}

	@Override
	public boolean isSubscribed(String channel) {
		return this.subscriptions.contains(channel);
	}

	@Override
	public boolean join(String channel, String member) {
		return isOpen() && this.subscriptions.join(channel, this.home.pubSub().presence(channel).join(member));
	}

	@Override
	public boolean leave(String channel) {
		return this.subscriptions.leave(Objects.requireNonNull(channel, "the channel must not be null"));
	}

	@Override
	public boolean publish(String channel, Message message) {
		return this.home.pubSub().publish(channel, message);
	}

	@Override
	public boolean publishJson(String channel, Object value) {
		return this.home.pubSub().publishJson(channel, value);
	}

	@Override
	public boolean publish(String channel, Message message, PubSubEngine engine) {
		return this.home.pubSub().publish(channel, message, engine);
	}

	@Override
	public boolean publishJson(String channel, Object value, PubSubEngine engine) {
		return this.home.pubSub().publishJson(channel, value, engine);
	}

	@Override
	public String toString() {
		return this.protocol + " connection " + id() + request().map((from) -> " on " + from.path()).orElse("");
	}

	ConnectionSettings settings() {
		return this.settings;
	}

	ReceiveMemoryLimiter receiveMemory() {
		return this.home.receiveMemory();
	}

	/** More waits for the socket, which takes nothing more. Event loop. */
	void stuckMore() {
		this.home.stuckMore();
	}

	ConnectionObserver observer() {
		return this.home.observer();
	}

	ByteBufAllocator allocator() {
		return this.channel.alloc();
	}

	boolean isExecutorClosing() {
		return this.home.isExecutorClosing();
	}

	EventLoopTasks turn() {
		return this.turn;
	}

	ConnectionChannelHandler wire() {
		return this.wire;
	}

	ReceiveQueue receiveQueue() {
		return this.receiveQueue;
	}

	SendQueue sendQueue() {
		return this.sendQueue;
	}

	Keepalive keepalive() {
		return this.keepalive;
	}

	ConnectionCallbacks callbacks() {
		return this.callbacks;
	}

	HandlerInvoker calls() {
		return this.calls;
	}

	FrameReader reader() {
		return this.reader;
	}

	/** Whether what is read next is to wait for another framer. Any thread. */
	boolean isFramerWaiting() {
		return this.framerWaits;
	}

	/** What an earlier framer has left of a message is for the next one. Event loop. */
	private void switchReader(Framer next) {
		this.framerWaits = false;
		if (this.reader == FrameReader.DISCARD || this.violated) {
			return;
		}
		byte[] partial = this.reader.partial();
		this.reader.end();
		this.reader = FrameReader.of(next, this.receiveQueue, this.settings.maxMessageSize());
		this.wire.unread(partial);
		this.receiveQueue.handled();
	}

	/**
	 * The peer says nothing more, and may still read. Event loop.
	 */
	void inputEnded() {
		this.wire.peerClosed();
		this.callbacks.addEvent(() -> close(Cause.PEER, CloseCode.NO_CLOSE_FRAME, ""));
	}

	/** The pipeline is ready. Event loop. */
	void open() {
		this.opened = true;
		this.keepalive.start();
		observer().opened(this);
		this.callbacks.addEvent(() -> {
			if (isOpen()) {
				this.calls.open();
			}
		});
		// the registry of a server that is going away says so, and onOpen comes first
		this.home.add(this);
		this.sendQueue.uncork();
	}

	/** Whether the connection has been opened. Event loop, and the last callback. */
	boolean wasOpened() {
		return this.opened;
	}

	/** What the server has chosen. Event loop, before the connection opens. */
	void agreedOn(String chosen) {
		this.subprotocol = chosen;
	}

	/** The connection can't be opened. Event loop. */
	void fail(Cause cause, String text) {
		begin(new CloseReason(cause, isWebSocket() ? CloseCode.NO_CLOSE_FRAME : 0, text));
		this.channel.close();
	}

	/** A message's turn has come. */
	void handle(Message message) {
		if (isOpen()) {
			this.calls.message(message);
		}
	}

	/**
	 * Pending writes came down to none. Event loop; the handler hears of it in a turn to
	 * come, so that one who writes on at once shares the loop with others.
	 */
	void drained() {
		this.subscriptions.drained();
		if (this.calls.wantsDrained() && !this.drainedWaits) {
			this.drainedWaits = true;
			this.turn.post(() -> this.callbacks.addEvent(() -> {
				this.drainedWaits = false;
				if (isOpen()) {
					this.calls.call("onDrained", (handler) -> handler.onDrained(this));
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
		this.callbacks.addEvent(() -> {
			this.timeoutWaits = false;
			if (isOpen()) {
				this.calls.call("onTimeout", (handler) -> handler.onTimeout(this));
			}
		});
	}

	/** The peer's close frame has come. Event loop. */
	void peerCloses(int code, String text) {
		this.wire.peerClosed();
		this.callbacks.addEvent(() -> close(Cause.PEER, code, text));
	}

	/** The peer broke the protocol or a limit. Event loop. */
	void violated(int code, String text) {
		this.violated = true;
		this.callbacks.addEvent(() -> close(Cause.PROTOCOL_ERROR, code, text));
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
			int lost = this.sendQueue.pendingWrites().discard();
			this.sendQueue.close(CloseCode.TRY_AGAIN_LATER, reason);
			observer().dropped(this, lost);
			logger.warn(this + " is closed: " + reason + "; " + lost + " messages are dropped (" + properties + ")");
		}
	}

	/**
	 * A bound of the outbox was reached, and the connection goes on with a message less.
	 * Any thread.
	 * @param first whether none was lost since it had last caught up
	 */
	void lost(boolean first) {
		observer().dropped(this, 1);
		if (first) {
			logger.warn(this + " reads too slowly: until it has caught up, messages to it are dropped"
					+ " (iodine.send-queue.overflow, .max-messages, .max-size)");
		}
	}

	/**
	 * The server is going away. Any thread.
	 * @param retryMillis when an event stream's client should come back, 0 to say nothing
	 */
	void shutDown(int retryMillis) {
		if (retryMillis > 0 && this.protocol == Protocol.SSE) {
			this.turn.post(() -> this.sendQueue.retry(retryMillis));
		}
		this.callbacks.addEvent(() -> {
			if (isOpen()) {
				this.calls.call("onShutdown", (handler) -> handler.onShutdown(this));
				close(Cause.SHUTDOWN, CloseCode.GOING_AWAY, "");
			}
		});
	}

	/** Lets go of the socket at once. Event loop. */
	void abandon() {
		this.wire.abandon();
	}

	/**
	 * Nothing more will come: a message of which only a part came breaks the protocol.
	 * Event loop.
	 */
	void checkWholeness() {
		if (this.protocol == Protocol.RAW && this.reader.isWithinMessage()) {
			violated(CloseCode.PROTOCOL_ERROR, "the peer ended within a message");
		}
	}

	/** The socket is gone. Event loop. */
	void gone() {
		guard(this::checkWholeness);
		FrameReader last = this.reader;
		this.reader = FrameReader.DISCARD;
		guard(this.sendQueue::dispose);
		guard(this.keepalive::stop);
		guard(last::end);
		this.callbacks.addEvent(this::end);
	}

	/**
	 * Closes after what waits.
	 * @param cause why
	 * @param code the close code
	 * @param text the reason
	 */
	void close(Cause cause, int code, String text) {
		if (begin(new CloseReason(cause, isWebSocket() ? code : 0, text))) {
			this.sendQueue.close(code, text);
		}
	}

	private boolean begin(CloseReason reason) {
		if (!CLOSE_REASON.compareAndSet(this, null, reason)) {
			return false;
		}
		guard(this.subscriptions::endAll);
		this.turn.post(() -> {
			if (!this.sendQueue.isClosed()) {
				this.keepalive.closing((int) settings().closeTimeout().toMillis());
			}
		});
		return true;
	}

	/** The last callback: whatever fails here, the rest is given back. */
	private void end() {
		guard(() -> begin(new CloseReason(Cause.PEER, isWebSocket() ? CloseCode.NO_CLOSE_FRAME : 0, "")));
		this.closed = true;
		guard(this.calls::close);
		guard(this.pass::end);
		this.home.remove(this);
		if (this.opened) {
			observer().closed(this, Objects.requireNonNull(this.closeReason),
					new ConnectionObserver.Traffic(this.openedAt, this.receiveQueue.messages(),
							this.receiveQueue.bytes(), this.sendQueue.messagesOut(), this.sendQueue.bytesOut()));
		}
		guard(this.wire::ended);
	}

	private static void guard(Runnable step) {
		SafeLog.guard(logger, "The end of a connection", step);
	}

	private boolean subscribe(String name, boolean pattern, @Nullable MessageListener listener, @Nullable As kind) {
		Objects.requireNonNull(name, "the channel must not be null");
		return isOpen() && this.subscriptions.add(name, pattern, listener, kind);
	}

	private static Overflow overflow(Handshake handshake, ConnectionSettings settings) {
		return (handshake.overflow() != Overflow.DEFAULT) ? handshake.overflow() : settings.overflow();
	}

	private boolean isWebSocket() {
		return this.protocol == Protocol.WEBSOCKET;
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static AtomicReferenceFieldUpdater<NettyConnection, @Nullable Map<String, Object>> attributesUpdater() {
		return (AtomicReferenceFieldUpdater) AtomicReferenceFieldUpdater.newUpdater(NettyConnection.class, Map.class,
				"attributes");
	}

}
