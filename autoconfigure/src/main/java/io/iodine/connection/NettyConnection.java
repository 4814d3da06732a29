package io.iodine.connection;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.iodine.As;
import io.iodine.CloseReason;
import io.iodine.CloseReason.Cause;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.PubSubEngine;
import io.iodine.Since;
import io.iodine.UpgradeRequest;
import io.iodine.concurrent.CallbackExecutor;
import io.iodine.connection.fanout.ConnectionSubscriptions;
import io.iodine.connection.frame.CloseCode;
import io.iodine.connection.frame.FrameReader;
import io.iodine.connection.frame.Framing;
import io.iodine.connection.limit.ReceiveMemoryLimiter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * A connection on a Netty channel, as the application calls it. {@link ConnectionLife}
 * drives it.
 * <p>
 * It is as long as its interface has methods: each checks its arguments and passes the
 * call to the part that does it. What state is left here is a field or two for each
 * concern, for which a class of its own would add an object to each idle connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class NettyConnection implements Connection {

	private static final Duration MAX_IDLE = Duration.ofHours(24);

	private static final int INTERVAL_POSTED = 1;

	private static final int ABANDON_POSTED = 2;

	private static final AtomicIntegerFieldUpdater<NettyConnection> POSTED = AtomicIntegerFieldUpdater
		.newUpdater(NettyConnection.class, "posted");

	private static final AtomicReferenceFieldUpdater<NettyConnection, @Nullable ConnectionSubscriptions> SUBSCRIPTIONS = AtomicReferenceFieldUpdater
		.newUpdater(NettyConnection.class, ConnectionSubscriptions.class, "subscriptions");

	private static final AtomicReferenceFieldUpdater<NettyConnection, @Nullable Queue<Framer>> NEXT_FRAMERS = nextFramersUpdater();

	private static final AtomicReferenceFieldUpdater<NettyConnection, @Nullable Map<String, Object>> ATTRIBUTES = attributesUpdater();

	private final Connections connections;

	private final long number;

	private final EventLoopTasks tasks;

	private final Protocol protocol;

	private final ConnectionSettings settings;

	/** Set for a dialed connection once the server has answered. */
	private volatile @Nullable String subprotocol;

	private final @Nullable UpgradeRequest request;

	private final ConnectionLife life;

	private final HandlerInvoker invoker;

	private final ConnectionCallbacks callbacks;

	private final ConnectionChannelHandler channelHandler;

	private final ReceiveQueue receiveQueue;

	private final SendQueue sendQueue;

	private final Keepalive keepalive;

	/** Created by the first subscription or presence. */
	private volatile @Nullable ConnectionSubscriptions subscriptions;

	private volatile int idleMillis;

	/** Place in the table of connections, which guards it; negative for none. */
	private int place = -1;

	/** Requests posted to the event loop that it has not run yet. */
	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int posted;

	private volatile @Nullable Map<String, Object> attributes;

	/**
	 * Null while the connection is between two messages and uses the reader of its event
	 * loop. Belongs to the event loop.
	 */
	private @Nullable FrameReader reader;

	/** Kept, because the end of the socket takes the TLS handler out of the pipeline. */
	private volatile @Nullable SSLSession tlsSession;

	/** Framers that reading waits for; null until the first change. Any thread. */
	private volatile @Nullable Queue<Framer> nextFramers;

	NettyConnection(Connections connections, long number, Channel channel, EventLoopTasks tasks, Handshake handshake,
			Framing framing, boolean http) {
		this.connections = connections;
		this.number = number;
		this.tasks = tasks;
		this.protocol = handshake.protocol();
		this.settings = handshake.settings().orElse(connections.settings());
		this.subprotocol = handshake.subprotocol().orElse(null);
		this.request = handshake.request().orElse(null);
		this.life = new ConnectionLife(this, handshake.permit(), handshake.dialed());
		this.invoker = new HandlerInvoker(this, handshake.handler());
		this.callbacks = new ConnectionCallbacks(this, executor(handshake, connections), tasks, handshake.scope());
		this.channelHandler = new ConnectionChannelHandler(this, channel, http);
		this.receiveQueue = new ReceiveQueue(this);
		this.sendQueue = new SendQueue(this, framing, this.channelHandler, tasks, overflow(handshake, this.settings));
		this.idleMillis = (int) handshake.pings().interval().orElse(this.settings.pingInterval()).toMillis();
		this.keepalive = new Keepalive(this,
				(int) handshake.pings().timeout().orElse(this.settings.pingTimeout()).toMillis());
		this.reader = reader(handshake);
		if (handshake.dialed()) {
			this.sendQueue.cork();
		}
	}

	private static @Nullable CallbackExecutor executor(Handshake handshake, Connections connections) {
		if (handshake.executor().isPresent()) {
			return new CallbackExecutor(handshake.executor().get());
		}
		return handshake.nonBlocking() ? null : connections.executor();
	}

	private @Nullable FrameReader reader(Handshake handshake) {
		int max = this.settings.maxMessageSize();
		return switch (this.protocol) {
			case WEBSOCKET -> handshake.dialed() ? FrameReader.webSocketClient(this.receiveQueue, max)
					: handshake.deflate()
						.map((agreed) -> this.connections.compression().reader(agreed, max, this.receiveQueue))
						.orElse(null);
			case SSE -> handshake.dialed() ? FrameReader.events(this.receiveQueue, max) : FrameReader.DISCARD;
			case RAW -> FrameReader.of(handshake.framer(), this.receiveQueue, max);
		};
	}

	@Override
	public String id() {
		return this.connections.idPrefix() + Long.toHexString(this.number);
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
		SocketAddress address = channel().remoteAddress();
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
		SSLSession kept = this.tlsSession;
		if (kept != null) {
			return Optional.of(kept);
		}
		SslHandler tls = socket().pipeline().get(SslHandler.class);
		return (tls != null) ? Optional.of(tls.engine().getSession()) : Optional.empty();
	}

	/** Keeps the TLS session, for {@code onClose} too. Event loop. */
	void keepTlsSession() {
		this.tlsSession = tlsSession().orElse(null);
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
		Channel parent = channel().parent();
		return (parent != null && !(parent instanceof ServerChannel)) ? parent : channel();
	}

	private Channel channel() {
		return this.channelHandler.channel();
	}

	@Override
	public boolean write(Message message) {
		Objects.requireNonNull(message, "the message must not be null");
		return isOpen() && !this.life.isSocketGone() && this.sendQueue.framing().carries(message)
				&& this.sendQueue.offer(message, null);
	}

	@Override
	public boolean writeJson(Object value) {
		return write(Message.text(this.connections.json().apply(value)));
	}

	@Override
	public int pending() {
		return this.life.isClosed() ? -1 : this.sendQueue.pendingWrites().messages();
	}

	@Override
	public boolean isOpen() {
		return this.life.isOpen();
	}

	@Override
	public void close() {
		this.life.close(Cause.LOCAL, CloseCode.NORMAL, "");
	}

	@Override
	public void close(int code, String reason) {
		CloseCode.check(code, reason);
		this.life.close(Cause.LOCAL, code, reason);
	}

	@Override
	public void closeAt(Instant when, int code, String reason) {
		Objects.requireNonNull(when, "the time must not be null");
		CloseCode.check(code, reason);
		this.tasks.post(() -> this.life.deadline(this.tasks.loop()).set(when, code, reason));
	}

	@Override
	public void forceClose() {
		this.life.begin(new CloseReason(Cause.LOCAL, isWebSocket() ? CloseCode.NO_CLOSE_FRAME : 0, ""));
		if ((POSTED.getAndUpdate(this, (posted) -> posted | ABANDON_POSTED) & ABANDON_POSTED) == 0) {
			this.tasks.post(this.channelHandler::abandon);
		}
	}

	@Override
	public Optional<CloseReason> closeReason() {
		return Optional.ofNullable(this.life.reason());
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
		// less than a millisecond must not become zero, which means never
		this.idleMillis = idle.isZero() ? 0 : Math.max(1, (int) idle.toMillis());
		if ((POSTED.getAndUpdate(this, (posted) -> posted | INTERVAL_POSTED) & INTERVAL_POSTED) == 0) {
			this.tasks.post(this::setInterval);
		}
	}

	private void setInterval() {
		POSTED.getAndUpdate(this, (posted) -> posted & ~INTERVAL_POSTED);
		if (!this.life.isSocketGone()) {
			this.keepalive.intervalChanged();
		}
	}

	@Override
	public ConnectionHandler handler() {
		return this.invoker.last();
	}

	@Override
	public void handler(ConnectionHandler next) {
		if (this.invoker.next(Objects.requireNonNull(next, "the next handler must not be null"))) {
			this.callbacks.addEvent(this.invoker::replaceInTurn);
		}
	}

	@Override
	public void framer(Framer next) {
		pauseForFramer(next);
		changeFramer(next);
	}

	@Override
	public boolean framer(Framer next, Message last) {
		Objects.requireNonNull(last, "the message must not be null");
		pauseForFramer(next);
		try {
			return write(last);
		}
		finally {
			changeFramer(next);
		}
	}

	/** Reads no further message before the framer changed. */
	private void pauseForFramer(Framer next) {
		Objects.requireNonNull(next, "the next framer must not be null");
		if (this.protocol != Protocol.RAW) {
			throw new IllegalStateException("only a RAW connection has a framer, and this one is " + this.protocol);
		}
		if (channel().metadata().hasDisconnect()) {
			throw new IllegalStateException("a connection over UDP has no framer, for each datagram is a message");
		}
		Queue<Framer> waiting = this.nextFramers;
		if (waiting == null) {
			NEXT_FRAMERS.compareAndSet(this, null, new ConcurrentLinkedQueue<>());
			waiting = Objects.requireNonNull(this.nextFramers);
		}
		waiting.add(next);
	}

	private void changeFramer(Framer next) {
		try {
			this.sendQueue.framer(next);
		}
		finally {
			this.tasks.post(() -> this.channelHandler.guard(this::switchReader));
		}
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
				this.invoker.call("task", "a deferred task", (handler) -> task.run());
			}
		});
	}

	@Override
	public boolean subscribe(String channel) {
		return subscribe(channel, false, null, null);
	}

	@Override
	public boolean subscribe(String channel, As as) {
		Objects.requireNonNull(as, "the kind must not be null");
		return !BinarySubscriptionCheck.isRejected(this, channel, as) && subscribe(channel, false, null, as);
	}

	@Override
	public boolean subscribe(String channel, MessageListener listener) {
		return subscribe(channel, false, Objects.requireNonNull(listener, "the listener must not be null"), null);
	}

	@Override
	public boolean subscribe(String channel, Since since) {
		return isOpen() && subscriptions().add(name(channel), false, null, null, checked(since));
	}

	@Override
	public boolean subscribe(String channel, Since since, MessageListener listener) {
		return isOpen() && subscriptions().add(name(channel), false,
				Objects.requireNonNull(listener, "the listener must not be null"), null, checked(since));
	}

	private static Since checked(Since since) {
		return Objects.requireNonNull(since, "where it begins must not be null");
	}

	private static String name(String channel) {
		return Objects.requireNonNull(channel, "the channel must not be null");
	}

	@Override
	public boolean subscribePattern(String glob) {
		return subscribe(glob, true, null, null);
	}

	@Override
	public boolean subscribePattern(String glob, As as) {
		Objects.requireNonNull(as, "the kind must not be null");
		return !BinarySubscriptionCheck.isRejected(this, glob, as) && subscribe(glob, true, null, as);
	}

	@Override
	public boolean subscribePattern(String glob, MessageListener listener) {
		return subscribe(glob, true, Objects.requireNonNull(listener, "the listener must not be null"), null);
	}

	@Override
	public boolean unsubscribe(String channel) {
		Objects.requireNonNull(channel, "the channel must not be null");
		ConnectionSubscriptions current = this.subscriptions;
		return current != null && current.remove(channel, false);
	}

	@Override
	public boolean unsubscribePattern(String glob) {
		Objects.requireNonNull(glob, "the pattern must not be null");
		ConnectionSubscriptions current = this.subscriptions;
		return current != null && current.remove(glob, true);
	}

	@Override
	public boolean isSubscribed(String channel) {
		ConnectionSubscriptions current = this.subscriptions;
		return current != null && current.contains(channel);
	}

	@Override
	public boolean join(String channel, String member) {
		return isOpen() && subscriptions().join(channel, this.connections.pubSub().presence(channel).join(member));
	}

	@Override
	public boolean join(String channel, String member, Object data) {
		Objects.requireNonNull(data, "the data must not be null");
		return isOpen()
				&& subscriptions().join(channel, this.connections.pubSub().presence(channel).join(member, data));
	}

	@Override
	public boolean leave(String channel) {
		Objects.requireNonNull(channel, "the channel must not be null");
		ConnectionSubscriptions current = this.subscriptions;
		return current != null && current.leave(channel);
	}

	@Override
	public boolean followPresence(String channel) {
		return isOpen() && subscriptions().follow(channel,
				() -> this.connections.pubSub()
					.presence(channel)
					.listen(new PresenceWriter(this, this.connections.json())));
	}

	@Override
	public boolean unfollowPresence(String channel) {
		Objects.requireNonNull(channel, "the channel must not be null");
		ConnectionSubscriptions current = this.subscriptions;
		return current != null && current.unfollow(channel);
	}

	@Override
	public boolean publish(String channel, Message message) {
		return this.connections.pubSub().publish(channel, message);
	}

	@Override
	public boolean publishOthers(String channel, Message message) {
		Objects.requireNonNull(message, "the message must not be null");
		name(channel);
		ConnectionSubscriptions current = this.subscriptions;
		Runnable undo = (current != null) ? current.exclude(channel, message) : () -> {
		};
		boolean published = false;
		try {
			published = this.connections.pubSub().publish(channel, message);
			return published;
		}
		finally {
			if (!published) {
				undo.run();
			}
		}
	}

	@Override
	public boolean publishJson(String channel, Object value) {
		return this.connections.pubSub().publishJson(channel, value);
	}

	@Override
	public boolean publish(String channel, Message message, PubSubEngine engine) {
		return this.connections.pubSub().publish(channel, message, engine);
	}

	@Override
	public boolean publishJson(String channel, Object value, PubSubEngine engine) {
		return this.connections.pubSub().publishJson(channel, value, engine);
	}

	@Override
	public String toString() {
		return this.protocol + " connection " + id() + request().map((from) -> " on " + from.path()).orElse("");
	}

	/** Registers the connection, which a draining server closes at once. */
	void register() {
		this.connections.add(this);
	}

	void unregister() {
		this.connections.remove(this);
	}

	int place() {
		return this.place;
	}

	void place(int place) {
		this.place = place;
	}

	/**
	 * Time without traffic after which it counts as idle, in milliseconds; 0 for never.
	 */
	int idleMillis() {
		return this.idleMillis;
	}

	Duration age() {
		return this.life.age();
	}

	ConnectionSettings settings() {
		return this.settings;
	}

	PeerWarnings warnings() {
		return this.connections.warnings();
	}

	ReceiveMemoryLimiter receiveMemory() {
		return this.connections.receiveMemory();
	}

	/**
	 * Checks the memory of all send queues after this one grew. Event loop.
	 * @param more the difference in bytes
	 */
	void blockedBytesGrew(long more) {
		this.connections.blockedBytesGrew(more);
	}

	ConnectionObserver observer() {
		return this.connections.observer();
	}

	ByteBufAllocator allocator() {
		return channel().alloc();
	}

	boolean isExecutorClosing() {
		return this.connections.isExecutorClosing();
	}

	EventLoopTasks tasks() {
		return this.tasks;
	}

	ConnectionChannelHandler channelHandler() {
		return this.channelHandler;
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

	HandlerInvoker invoker() {
		return this.invoker;
	}

	ConnectionLife life() {
		return this.life;
	}

	private ConnectionSubscriptions subscriptions() {
		ConnectionSubscriptions current = this.subscriptions;
		if (current != null) {
			return current;
		}
		SUBSCRIPTIONS.compareAndSet(this, null,
				new ConnectionSubscriptions(new ConnectionRecipient(this, this.sendQueue), this.connections.fanout(),
						this.connections.presences()));
		ConnectionSubscriptions created = Objects.requireNonNull(this.subscriptions);
		if (!isOpen()) {
			// the close may have begun before there was anything to end
			created.endAll();
		}
		return created;
	}

	/** Ends all subscriptions and presences, after the close has begun. Any thread. */
	void endSubscriptions() {
		ConnectionSubscriptions current = this.subscriptions;
		if (current != null) {
			current.endAll();
		}
	}

	/** Continues catching up when the socket has taken all messages. Event loop. */
	void drained() {
		ConnectionSubscriptions current = this.subscriptions;
		if (current != null) {
			current.drained();
		}
	}

	/**
	 * Reads bytes of the peer. Event loop.
	 * @param bytes the bytes, not released; some are left when reading is to pause
	 */
	void read(ByteBuf bytes) {
		FrameReader current = this.reader;
		if (current == null) {
			FrameReader needed = this.tasks.reader().read(bytes, this.receiveQueue, this.settings.maxMessageSize());
			if (this.reader == null) {
				this.reader = needed;
			}
			return;
		}
		current.read(bytes);
		if (this.reader == current && this.tasks.reader().give(current)) {
			this.reader = null;
		}
	}

	/** Whether the peer has sent a part of a message, and not its end. Event loop. */
	boolean isWithinMessage() {
		return this.reader != null && this.reader.isWithinMessage();
	}

	/** Whether reading waits for another framer. Any thread. */
	boolean isFramerWaiting() {
		Queue<Framer> waiting = this.nextFramers;
		return waiting != null && !waiting.isEmpty();
	}

	/**
	 * Switches to the framers that wait, because no later run will. Event loop.
	 */
	void switchReaders() {
		while (isFramerWaiting()) {
			switchReader();
		}
	}

	/** Gives the next framer the bytes of a partial message. Event loop. */
	private void switchReader() {
		Queue<Framer> waiting = this.nextFramers;
		Framer next = (waiting != null) ? waiting.poll() : null;
		if (next == null || this.reader == FrameReader.DISCARD || this.life.isViolated()) {
			return;
		}
		FrameReader former = Objects.requireNonNull(this.reader, "a RAW connection has a reader");
		byte[] partial = former.partial();
		former.end();
		this.reader = FrameReader.of(next, this.receiveQueue, this.settings.maxMessageSize());
		this.channelHandler.unread(partial);
		this.channelHandler.endInput();
		this.receiveQueue.handled();
	}

	/** Sets the subprotocol the server chose. Event loop, before the connection opens. */
	void agreedOn(String chosen) {
		this.subprotocol = chosen;
	}

	/** Compresses messages of both directions. Event loop, before it is opened. */
	void agreedOnCompression() {
		endReader();
		this.reader = this.connections.compression().clientReader(this.settings.maxMessageSize(), this.receiveQueue);
		this.sendQueue.framing().compress(this.connections.compression());
	}

	/** Closes the channel of a connection that can't be opened. Event loop. */
	void closeChannel() {
		channel().close();
	}

	/** Frees what the reader holds; what still comes is discarded. Event loop. */
	void endReader() {
		FrameReader last = this.reader;
		this.reader = FrameReader.DISCARD;
		if (last != null) {
			last.end();
		}
	}

	private boolean subscribe(String name, boolean pattern, @Nullable MessageListener listener, @Nullable As kind) {
		Objects.requireNonNull(name, "the channel must not be null");
		return isOpen() && subscriptions().add(name, pattern, listener, kind);
	}

	private static Overflow overflow(Handshake handshake, ConnectionSettings settings) {
		return (handshake.overflow() != Overflow.DEFAULT) ? handshake.overflow() : settings.overflow();
	}

	private boolean isWebSocket() {
		return this.protocol == Protocol.WEBSOCKET;
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static AtomicReferenceFieldUpdater<NettyConnection, @Nullable Queue<Framer>> nextFramersUpdater() {
		return (AtomicReferenceFieldUpdater) AtomicReferenceFieldUpdater.newUpdater(NettyConnection.class, Queue.class,
				"nextFramers");
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static AtomicReferenceFieldUpdater<NettyConnection, @Nullable Map<String, Object>> attributesUpdater() {
		return (AtomicReferenceFieldUpdater) AtomicReferenceFieldUpdater.newUpdater(NettyConnection.class, Map.class,
				"attributes");
	}

}
