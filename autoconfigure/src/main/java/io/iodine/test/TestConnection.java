package io.iodine.test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.iodine.As;
import io.iodine.CloseReason;
import io.iodine.CloseReason.Cause;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Protocol;
import io.iodine.PubSubEngine;
import io.iodine.Recovery.Outcome;
import io.iodine.Since;
import io.iodine.UpgradeRequest;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket, for tests of a {@code ConnectionHandler}: it records
 * what the handler writes, publishes and subscribes to, and simulates the peer.
 * <p>
 * All callbacks run on the calling thread, in the order that a server promises: tasks of
 * {@link #defer} and replacements of the handler run when the running callback has
 * returned. An exception of a callback is thrown to the test. Not thread-safe.
 * <p>
 * It is long because it has every method of {@link Connection}, and one for each thing
 * that a peer does or a test asks; what is recorded is kept by other classes.
 *
 * <pre>{@code
 * TestConnection client = TestConnection.open(new Chat());
 * client.receive("hello");
 * assertThat(client.texts()).containsExactly("You're now in the chatroom.");
 * assertThat(client.published("chat")).hasSize(1);
 * }</pre>
 */
public final class TestConnection implements Connection {

	private static final AtomicLong NUMBERS = new AtomicLong();

	private final String id = "test-" + NUMBERS.incrementAndGet();

	private final Protocol protocol;

	private @Nullable Framer framer;

	private final @Nullable UpgradeRequest request;

	private final Map<String, Object> attributes;

	private final SimulatedTime time = new SimulatedTime();

	private final List<Message> written = new ArrayList<>();

	private final RecordedMessages published = new RecordedMessages();

	private final RecordedMessages toOthers = new RecordedMessages();

	private final RecordedSubscriptions channels = new RecordedSubscriptions();

	private final RecordedSubscriptions patterns = new RecordedSubscriptions();

	private final RecordedPresence presence = new RecordedPresence();

	private final SerialCalls calls = new SerialCalls();

	private Outcome outcome = new Outcome(true, 0);

	private ConnectionHandler handler;

	private Function<Object, String> json = String::valueOf;

	private Duration timeout = Duration.ofSeconds(40);

	private int pending;

	private boolean stalled;

	private boolean closed;

	private @Nullable CloseReason closeReason;

	private TestConnection(ConnectionHandler handler, Protocol protocol, @Nullable UpgradeRequest request) {
		this.handler = Objects.requireNonNull(handler, "the handler must not be null");
		this.protocol = protocol;
		this.request = request;
		this.attributes = (request != null) ? request.attributes() : new ConcurrentHashMap<>();
	}

	/**
	 * A WebSocket that has just opened: {@code onOpen} has run.
	 * @param handler the handler under test
	 * @return the connection
	 */
	public static TestConnection open(ConnectionHandler handler) {
		return open(handler, TestUpgradeRequest.webSocket("/"));
	}

	/**
	 * A connection of an upgraded request: {@code onOpen} has run.
	 * @param handler the handler under test
	 * @param request the request; its protocol is the connection's, WebSocket when it has
	 * none
	 * @return the connection
	 */
	public static TestConnection open(ConnectionHandler handler, UpgradeRequest request) {
		TestConnection connection = new TestConnection(handler, request.protocol().orElse(Protocol.WEBSOCKET), request);
		connection.calls.run(() -> connection.handler.onOpen(connection));
		return connection;
	}

	/**
	 * A raw connection that was never HTTP: {@code onOpen} has run.
	 * @param handler the handler under test
	 * @return the connection
	 */
	public static TestConnection openRaw(ConnectionHandler handler) {
		TestConnection connection = new TestConnection(handler, Protocol.RAW, null);
		connection.calls.run(() -> connection.handler.onOpen(connection));
		return connection;
	}

	/**
	 * Sets what {@code writeJson} and {@code publishJson} write; {@code toString()}
	 * unless set.
	 * @param writer writes a value as JSON, such as
	 * {@code objectMapper::writeValueAsString}
	 * @return this connection
	 */
	public TestConnection json(Function<Object, String> writer) {
		this.json = writer;
		return this;
	}

	/**
	 * The peer sends text.
	 * @param text the text
	 */
	public void receive(String text) {
		receive(Message.text(text));
	}

	/**
	 * The peer sends a message.
	 * @param message the message
	 * @throws IllegalStateException for an event stream, whose peer can't send
	 */
	public void receive(Message message) {
		if (this.protocol == Protocol.SSE) {
			throw new IllegalStateException("the peer of an event stream sends no messages");
		}
		if (isOpen()) {
			this.calls.run(() -> this.handler.onMessage(this, message));
		}
	}

	/**
	 * A message arrives on a channel: it is written, or handed to the listener, if this
	 * connection is subscribed to the channel.
	 * @param channel the channel
	 * @param message the message
	 * @return whether there was a subscription of that channel
	 */
	public boolean deliver(String channel, Message message) {
		if (!isSubscribed(channel) || !isOpen()) {
			return false;
		}
		Optional<MessageListener> listener = this.channels.listener(channel);
		if (listener.isPresent()) {
			this.calls.run(() -> listener.get().onMessage(channel, message));
		}
		else {
			write(message);
		}
		return true;
	}

	/** The peer stops reading: what is written stays pending until {@link #drain}. */
	public void stall() {
		this.stalled = true;
	}

	/** The peer reads everything that is pending; {@code onDrained} follows. */
	public void drain() {
		this.stalled = false;
		if (this.pending > 0) {
			this.pending = 0;
			if (isOpen()) {
				this.calls.run(() -> this.handler.onDrained(this));
			}
		}
		if (this.closeReason != null) {
			end();
		}
	}

	/** The connection was idle for {@link #timeout()}: {@code onTimeout} runs. */
	public void idle() {
		if (isOpen()) {
			this.calls.run(() -> this.handler.onTimeout(this));
		}
	}

	/** The server shuts down: {@code onShutdown} runs, and the connection closes. */
	public void shutDown() {
		if (isOpen()) {
			this.calls.run(() -> this.handler.onShutdown(this));
			close(new CloseReason(Cause.SHUTDOWN, isWebSocket() ? 1001 : 0, ""));
		}
	}

	/**
	 * The peer closes.
	 * @param code the close code
	 * @param reason the reason
	 */
	public void closeByPeer(int code, String reason) {
		close(new CloseReason(Cause.PEER, isWebSocket() ? code : 0, reason));
	}

	/**
	 * What was written, in order.
	 * @return the messages
	 */
	public List<Message> written() {
		return List.copyOf(this.written);
	}

	/**
	 * What was written as text, in order.
	 * @return the texts
	 */
	public List<String> texts() {
		return this.written.stream().filter(Message::isText).map(Message::asText).toList();
	}

	/**
	 * What this connection published on a channel, in order.
	 * @param channel the channel
	 * @return the messages
	 */
	public List<Message> published(String channel) {
		return this.published.of(channel);
	}

	/**
	 * The channels that this connection is subscribed to.
	 * @return their names
	 */
	public Set<String> channels() {
		return this.channels.names();
	}

	/**
	 * The patterns that this connection is subscribed to.
	 * @return the patterns
	 */
	public Set<String> patterns() {
		return this.patterns.names();
	}

	/**
	 * Where this connection is present, and as which member.
	 * @return members by channel
	 */
	public Map<String, String> memberships() {
		return this.presence.members();
	}

	@Override
	public String id() {
		return this.id;
	}

	@Override
	public Protocol protocol() {
		return this.protocol;
	}

	@Override
	public Optional<String> subprotocol() {
		return request().map(UpgradeRequest::subprotocols)
			.filter((offered) -> !offered.isEmpty())
			.map((offered) -> offered.get(0));
	}

	@Override
	public Optional<UpgradeRequest> request() {
		return Optional.ofNullable(this.request);
	}

	@Override
	public Optional<SocketAddress> remoteAddress() {
		return Optional.of(request().flatMap(UpgradeRequest::remoteAddress)
			.orElseGet(() -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
	}

	@Override
	public boolean write(Message message) {
		Objects.requireNonNull(message, "the message must not be null");
		if (!isOpen()) {
			return false;
		}
		this.written.add(message);
		if (this.stalled) {
			this.pending++;
		}
		return true;
	}

	@Override
	public boolean writeJson(Object value) {
		return write(Message.text(this.json.apply(value)));
	}

	@Override
	public void framer(Framer next) {
		if (this.protocol != Protocol.RAW) {
			throw new IllegalStateException("only a RAW connection has a framer, and this one is " + this.protocol);
		}
		this.framer = Objects.requireNonNull(next, "the next framer must not be null");
	}

	@Override
	public boolean framer(Framer next, Message last) {
		framer(next);
		return write(last);
	}

	/**
	 * Returns the framer that the handler changed to.
	 * @return the last one, or empty when the handler changed none
	 */
	public Optional<Framer> framer() {
		return Optional.ofNullable(this.framer);
	}

	@Override
	public int pending() {
		return this.closed ? -1 : this.pending;
	}

	@Override
	public boolean isOpen() {
		return this.closeReason == null;
	}

	@Override
	public void close() {
		close(1000, "");
	}

	@Override
	public void close(int code, String reason) {
		if (reason.getBytes(StandardCharsets.UTF_8).length > 123) {
			throw new IllegalArgumentException("a close reason has at most 123 bytes of UTF-8");
		}
		close(new CloseReason(Cause.LOCAL, isWebSocket() ? code : 0, reason));
	}

	/** Records the time, which comes by {@link #advance}. */
	@Override
	public void closeAt(Instant when, int code, String reason) {
		this.time.closeAt(when, new CloseReason(Cause.LOCAL, isWebSocket() ? code : 0, reason));
	}

	/**
	 * Lets time pass, without waiting: at its end the connection closes if the handler
	 * has wanted so with {@code closeAt}, and for each {@link #timeout()} in which the
	 * connection was idle, a WebSocket or event stream is pinged and a raw connection's
	 * {@code onTimeout} runs. What is received or written before does not count as idle.
	 * @param time how much time passes
	 * @return this connection
	 */
	public TestConnection advance(Duration time) {
		this.time.advance(time, this);
		return this;
	}

	/**
	 * How often the peer was pinged while time passed by {@link #advance}.
	 * @return the number
	 */
	public int pings() {
		return this.time.pings();
	}

	/**
	 * The time at which the handler wants the connection to be closed.
	 * @return the time; empty when none was set
	 */
	public Optional<Instant> closesAt() {
		return this.time.closesAt();
	}

	@Override
	public void forceClose() {
		this.stalled = false;
		close(new CloseReason(Cause.LOCAL, isWebSocket() ? 1006 : 0, ""));
	}

	@Override
	public Optional<CloseReason> closeReason() {
		return Optional.ofNullable(this.closeReason);
	}

	@Override
	public Duration timeout() {
		return this.timeout;
	}

	@Override
	public void timeout(Duration idle) {
		this.timeout = idle;
	}

	@Override
	public ConnectionHandler handler() {
		return this.handler;
	}

	@Override
	public void handler(ConnectionHandler next) {
		Objects.requireNonNull(next, "the next handler must not be null");
		this.calls.run(() -> {
			ConnectionHandler former = this.handler;
			this.handler = next;
			former.onClose(this);
			next.onOpen(this);
		});
	}

	@Override
	public Map<String, Object> attributes() {
		return this.attributes;
	}

	@Override
	public boolean defer(Runnable task) {
		if (!isOpen()) {
			return false;
		}
		this.calls.run(task::run);
		return true;
	}

	@Override
	public boolean subscribe(String channel) {
		return subscribe(this.channels, channel, null, null);
	}

	@Override
	public boolean subscribe(String channel, As as) {
		return subscribe(this.channels, channel, null, null);
	}

	@Override
	public boolean subscribe(String channel, MessageListener listener) {
		return subscribe(this.channels, channel, Objects.requireNonNull(listener, "the listener must not be null"),
				null);
	}

	/** Subscribes; the outcome is what {@link #outcome} has set. */
	@Override
	public boolean subscribe(String channel, Since since) {
		return begin(channel, since, null);
	}

	/** Subscribes; the outcome is what {@link #outcome} has set. */
	@Override
	public boolean subscribe(String channel, Since since, MessageListener listener) {
		return begin(channel, since, Objects.requireNonNull(listener, "the listener must not be null"));
	}

	private boolean begin(String channel, Since since, @Nullable MessageListener listener) {
		boolean subscribed = subscribe(this.channels, channel, listener, since);
		if (subscribed) {
			Outcome outcome = this.outcome;
			this.calls.run(() -> since.begun(outcome));
		}
		return subscribed;
	}

	/**
	 * Sets the outcome of subscriptions that begin in a history; recovered, with nothing
	 * missed, unless set.
	 * @param next the outcome
	 * @return this connection
	 */
	public TestConnection outcome(Outcome next) {
		this.outcome = next;
		return this;
	}

	/**
	 * Where a subscription begins in the history of its channel.
	 * @param channel the channel
	 * @return what it was subscribed with; empty without
	 */
	public Optional<Since> since(String channel) {
		return this.channels.since(channel);
	}

	@Override
	public boolean subscribePattern(String glob) {
		return subscribe(this.patterns, glob, null, null);
	}

	@Override
	public boolean subscribePattern(String glob, As as) {
		return subscribe(this.patterns, glob, null, null);
	}

	@Override
	public boolean subscribePattern(String glob, MessageListener listener) {
		return subscribe(this.patterns, glob, Objects.requireNonNull(listener, "the listener must not be null"), null);
	}

	@Override
	public boolean unsubscribe(String channel) {
		return this.channels.remove(channel);
	}

	@Override
	public boolean unsubscribePattern(String glob) {
		return this.patterns.remove(glob);
	}

	@Override
	public boolean isSubscribed(String channel) {
		return this.channels.contains(channel);
	}

	@Override
	public boolean join(String channel, String member) {
		boolean open = isOpen();
		if (open) {
			this.presence.join(channel, member, null);
		}
		return open;
	}

	@Override
	public boolean join(String channel, String member, Object data) {
		Objects.requireNonNull(data, "the data must not be null");
		boolean open = isOpen();
		if (open) {
			this.presence.join(channel, member, data);
		}
		return open;
	}

	/**
	 * The data that this connection joined a channel with.
	 * @param channel the channel
	 * @return the data as it was given; empty when it joined with a name only, or not
	 */
	public Optional<Object> memberData(String channel) {
		return this.presence.data(channel);
	}

	@Override
	public boolean leave(String channel) {
		return this.presence.leave(channel);
	}

	@Override
	public boolean followPresence(String channel) {
		boolean open = isOpen();
		if (open) {
			this.presence.follow(channel);
		}
		return open;
	}

	@Override
	public boolean unfollowPresence(String channel) {
		return this.presence.unfollow(channel);
	}

	/**
	 * Whether the handler lets this client follow the members of a channel.
	 * @param channel the channel
	 * @return true when it does
	 */
	public boolean isFollowingPresence(String channel) {
		return this.presence.isFollowed(channel);
	}

	@Override
	public boolean publish(String channel, Message message) {
		this.published.add(channel, message);
		return true;
	}

	/** Recorded as {@link #publish} does, and by {@link #publishedToOthers} too. */
	@Override
	public boolean publishOthers(String channel, Message message) {
		this.toOthers.add(channel, message);
		return publish(channel, message);
	}

	/**
	 * What this connection published on a channel to all but itself, in order.
	 * @param channel the channel
	 * @return the messages
	 */
	public List<Message> publishedToOthers(String channel) {
		return this.toOthers.of(channel);
	}

	@Override
	public boolean publishJson(String channel, Object value) {
		return publish(channel, Message.text(this.json.apply(value)));
	}

	@Override
	public boolean publish(String channel, Message message, PubSubEngine engine) {
		return publish(channel, message);
	}

	@Override
	public boolean publishJson(String channel, Object value, PubSubEngine engine) {
		return publishJson(channel, value);
	}

	@Override
	public String toString() {
		return "test connection " + this.id
				+ this.written.stream().map(Message::toString).collect(Collectors.joining(", ", " [", "]"));
	}

	private boolean isWebSocket() {
		return this.protocol == Protocol.WEBSOCKET;
	}

	private boolean subscribe(RecordedSubscriptions subscriptions, String name, @Nullable MessageListener listener,
			@Nullable Since since) {
		Objects.requireNonNull(name, "the channel must not be null");
		boolean open = isOpen();
		if (open) {
			subscriptions.put(name, listener, since);
		}
		return open;
	}

	void close(CloseReason reason) {
		if (this.closeReason != null) {
			return;
		}
		this.closeReason = reason;
		this.channels.clear();
		this.patterns.clear();
		this.presence.leaveAll();
		if (!this.stalled) {
			end();
		}
	}

	private void end() {
		if (!this.closed) {
			this.closed = true;
			this.calls.run(() -> this.handler.onClose(this));
		}
	}

}
