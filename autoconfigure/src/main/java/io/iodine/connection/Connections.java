package io.iodine.connection;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;

import io.iodine.Connection;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.concurrent.CallbackExecutor;
import io.iodine.connection.fanout.Fanout;
import io.iodine.connection.fanout.FanoutSource;
import io.iodine.connection.frame.CompressionFactory;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.frame.Framing;
import io.iodine.connection.frame.SseFraming;
import io.iodine.connection.frame.SwitchableFraming;
import io.iodine.connection.limit.ConnectionLimiter;
import io.iodine.connection.limit.ReceiveMemoryLimiter;
import io.iodine.connection.limit.RejectionReason;
import io.iodine.connection.limit.SendMemoryLimiter;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Registry of the connections of a server: creates, counts and drains them. */
public final class Connections {

	private static final Log logger = LogFactory.getLog(Connections.class);

	/** How long {@code onClose} callbacks get after their connections were cut off. */
	private static final Duration LAST_CALLBACKS = Duration.ofSeconds(1);

	private final ConnectionSettings settings;

	private final CallbackExecutor executor;

	private final PubSub pubSub;

	private final Fanout fanout;

	private final CompressionFactory compression;

	private final Function<Object, byte[]> json;

	private final ConnectionObserver observer;

	private final ConcurrentMap<EventLoop, EventLoopTasks> tasks = new ConcurrentHashMap<>();

	private final ConnectionTable open = new ConnectionTable();

	private final ConnectionLimiter limiter;

	private final ReceiveMemoryLimiter receiveMemory;

	private final SendMemoryLimiter<NettyConnection> sendMemory;

	private final PeerWarnings warnings = new PeerWarnings();

	private final LongAdder presences = new LongAdder();

	private final AtomicLong numbers = new AtomicLong();

	private final String idPrefix = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX) + "-";

	/** Number of take-overs in progress. */
	private final AtomicInteger opening = new AtomicInteger();

	/** Null while the server accepts connections. */
	private final AtomicReference<@Nullable ActiveDrain> drain = new AtomicReference<>();

	/**
	 * Creates the registry.
	 * @param settings the limits of each connection
	 * @param executor runs callbacks that may block
	 * @param pubSub where connections publish
	 * @param source the source of published messages
	 * @param json writes a value as JSON in UTF-8
	 * @param observer the observer of all connections
	 */
	public Connections(ConnectionSettings settings, Executor executor, PubSub pubSub, FanoutSource source,
			Function<Object, byte[]> json, ConnectionObserver observer) {
		this.settings = settings;
		this.observer = (observer instanceof ConnectionObservers) ? observer
				: new ConnectionObservers(List.of(observer));
		this.limiter = new ConnectionLimiter(settings.limits());
		this.receiveMemory = new ReceiveMemoryLimiter(settings.limits().receiveQueueTotalBytes());
		this.sendMemory = new SendMemoryLimiter<>(settings.limits().sendQueueTotalBytes(),
				(connection) -> connection.isOpen() ? connection.sendQueue().pendingWrites().bytes() : 0,
				(connection) -> connection.life()
					.overflowed("too much waits for slow readers", "iodine.send-queue.max-total-size"));
		this.executor = new CallbackExecutor(executor);
		this.pubSub = pubSub;
		this.fanout = new Fanout(source, settings.fanout(), executor, this.observer);
		this.compression = new CompressionFactory(settings.compression());
		this.json = json;
	}

	/**
	 * Creates the connection of a channel. On the channel's event loop, unless it is
	 * dialed.
	 * @param channel the channel
	 * @param handshake what was agreed on
	 * @param transfer how what is written travels
	 * @return the handler that ends the channel's pipeline;
	 * {@link ConnectionChannelHandler#open()} opens the connection, which owns the permit
	 * of the handshake from then on
	 */
	public ConnectionChannelHandler connect(Channel channel, Handshake handshake, Transfer transfer) {
		EventLoopTasks tasks = this.tasks.computeIfAbsent(channel.eventLoop(), EventLoopTasks::new);
		Framing framing = switch (handshake.protocol()) {
			case WEBSOCKET -> handshake.dialed() ? Framing.webSocketClient()
					: this.compression.framing(handshake.deflate().orElse(null));
			case SSE -> handshake.dialed() ? Framing.none()
					: (transfer == Transfer.CHUNKED) ? SseFraming.CHUNKED : SseFraming.BARE;
			case RAW -> new SwitchableFraming(handshake.framer());
		};
		NettyConnection connection = new NettyConnection(this, this.numbers.incrementAndGet(), channel, tasks,
				handshake, framing, transfer == Transfer.HTTP2);
		return connection.channelHandler();
	}

	/**
	 * Number of connections, including those that are closing.
	 * @return the number
	 */
	public int count() {
		return this.open.size();
	}

	/**
	 * All connections, including those that are closing.
	 * @return those of this moment
	 */
	public Stream<Connection> stream() {
		return this.open.copy().stream().map((connection) -> connection);
	}

	/**
	 * How long a connection has been open.
	 * @param client a connection of this server
	 * @return the time since it opened
	 */
	public Duration age(Connection client) {
		return (client instanceof NettyConnection connection) ? connection.age() : Duration.ZERO;
	}

	/**
	 * Number of channels and patterns with subscribers.
	 * @return the number
	 */
	public int channelCount() {
		return this.fanout.size();
	}

	/**
	 * How the messages of WebSockets are compressed, which a handshake negotiates.
	 * @return the settings
	 */
	public CompressionSettings compressionSettings() {
		return this.settings.compression();
	}

	/**
	 * Makes event streams read what they may have missed on channels with history, for
	 * example after an outage of the broker.
	 */
	public void catchUp() {
		this.fanout.catchUp();
	}

	/**
	 * Limiter of requests and connections.
	 * @return the limiter
	 */
	public ConnectionLimiter limiter() {
		return this.limiter;
	}

	/**
	 * Number of subscriptions of connections.
	 * @return the number
	 */
	public long subscriptionCount() {
		return this.fanout.subscriptions();
	}

	/**
	 * Number of presences of connections.
	 * @return the number
	 */
	public long presenceCount() {
		return this.presences.sum();
	}

	/** Number of keep-alive and close timers. */
	int timerCount() {
		return this.tasks.values().stream().mapToInt((each) -> each.wheel().size()).sum();
	}

	/** Counts the presences of connections. */
	LongAdder presences() {
		return this.presences;
	}

	/**
	 * Bytes that wait for sockets whose send buffer is full.
	 * @return number of bytes; a message that waits for several connections counts once
	 * for each
	 */
	public long blockedBytes() {
		long bytes = 0;
		for (EventLoopTasks each : this.tasks.values()) {
			bytes += each.blockedBytes();
		}
		return bytes;
	}

	/**
	 * Traffic of the connections of a protocol since the start.
	 * @param protocol the protocol
	 * @return the totals
	 */
	public TrafficTotals traffic(Protocol protocol) {
		return this.tasks.values()
			.stream()
			.map((each) -> each.traffic(protocol).totals())
			.reduce(TrafficTotals.NONE, TrafficTotals::plus);
	}

	/**
	 * Counts a request that was not upgraded.
	 * @param reason the reason
	 */
	public void rejected(RejectionReason reason) {
		this.observer.rejected(reason);
	}

	/** Accepts connections again after a {@link #drain}. */
	public void accept() {
		this.drain.set(null);
	}

	/**
	 * Whether the server drains and accepts no connections.
	 * @return true once {@link #drain} was called
	 */
	public boolean isDraining() {
		return this.drain.get() != null;
	}

	/**
	 * Runs a take-over unless the server drains. A drain that begins meanwhile waits for
	 * the connection, so that each accepted client hears {@code onShutdown}.
	 * @param takeOver opens the connection
	 * @return false: the server drains, and nothing was done
	 */
	public boolean admit(Runnable takeOver) {
		if (!arrive()) {
			return false;
		}
		try {
			takeOver.run();
			return true;
		}
		finally {
			arrived();
		}
	}

	/**
	 * Announces a connection whose take-over spans threads: as {@link #admit}, a drain
	 * waits until it has {@link #arrived}.
	 * @return false: the server drains, and the connection was not announced
	 */
	public boolean arrive() {
		this.opening.incrementAndGet();
		if (isDraining()) {
			arrived();
			return false;
		}
		return true;
	}

	/** Ends what {@link #arrive} began: the connection has opened, or never will. */
	public void arrived() {
		this.opening.decrementAndGet();
		completeWhenEmpty();
	}

	/**
	 * Drains every connection, in batches: {@code onShutdown}, then a close with what was
	 * written before it. A connection that is open at the deadline is cut off. A drain
	 * that has begun already is only waited for.
	 * @param settings how many at once, and the deadline
	 * @return completes when all connections are closed
	 */
	public CompletionStage<Void> drain(DrainSettings settings) {
		ActiveDrain begun = new ActiveDrain(settings, new CompletableFuture<>());
		ActiveDrain earlier = this.drain.compareAndExchange(null, begun);
		if (earlier == null) {
			DrainBatches.start(this.open.copy(), settings,
					(connection) -> connection.life().shutDown(settings.retryMillis()),
					() -> begun.equals(this.drain.get()));
			completeWhenEmpty();
		}
		return cutOff(((earlier != null) ? earlier : begun).empty(), settings.timeout());
	}

	/**
	 * Time after which a client that is turned away by a drain should reconnect.
	 * @return milliseconds, randomized on each call, or 0 to leave it to the client
	 */
	public int retryMillis() {
		ActiveDrain begun = this.drain.get();
		return (begun != null) ? begun.settings().retryMillis() : 0;
	}

	private CompletionStage<Void> cutOff(CompletableFuture<Void> empty, Duration timeout) {
		return empty.copy().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).exceptionallyCompose((late) -> {
			logger.warn(this.open.size() + " connections did not close within " + timeout.toMillis()
					+ " ms (iodine.shutdown.timeout) and are cut off");
			this.open.copy().forEach(NettyConnection::forceClose);
			return empty.completeOnTimeout(null, LAST_CALLBACKS.toMillis(), TimeUnit.MILLISECONDS);
		});
	}

	/**
	 * The limits of connections that have none of their own.
	 * @return the settings
	 */
	public ConnectionSettings settings() {
		return this.settings;
	}

	CompressionFactory compression() {
		return this.compression;
	}

	CallbackExecutor executor() {
		return this.executor;
	}

	PubSub pubSub() {
		return this.pubSub;
	}

	Fanout fanout() {
		return this.fanout;
	}

	Function<Object, byte[]> json() {
		return this.json;
	}

	ConnectionObserver observer() {
		return this.observer;
	}

	PeerWarnings warnings() {
		return this.warnings;
	}

	ReceiveMemoryLimiter receiveMemory() {
		return this.receiveMemory;
	}

	/**
	 * Checks the memory of all send queues after it grew. Any thread.
	 * @param more the difference in bytes
	 */
	void blockedBytesGrew(long more) {
		this.sendMemory.grew(more, blockedBytes(), this.open::copy);
	}

	/** Whether the executor is shutting down, so that resubmitting is pointless. */
	boolean isExecutorClosing() {
		return isDraining() || this.executor.isShutdown();
	}

	String idPrefix() {
		return this.idPrefix;
	}

	void add(NettyConnection connection) {
		this.open.add(connection);
		ActiveDrain begun = this.drain.get();
		if (begun != null) {
			connection.life().shutDown(begun.settings().retryMillis());
		}
	}

	void remove(NettyConnection connection) {
		this.open.remove(connection);
		completeWhenEmpty();
	}

	private void completeWhenEmpty() {
		ActiveDrain begun = this.drain.get();
		if (begun != null && this.opening.get() == 0 && this.open.size() == 0) {
			begun.empty().complete(null);
		}
	}

	/**
	 * A drain in progress.
	 *
	 * @param settings its settings
	 * @param empty completes when the last connection is closed
	 */
	private record ActiveDrain(DrainSettings settings, CompletableFuture<Void> empty) {

	}

	/** How written bytes are transferred. */
	public enum Transfer {

		/** Directly on the socket. */
		BARE,

		/** In chunks of HTTP/1.1. */
		CHUNKED,

		/** In DATA frames of an HTTP/2 stream. */
		HTTP2

	}

}
