package io.iodine;

import java.net.SocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.SSLSession;

/**
 * One client: a WebSocket, an event stream, or raw bytes.
 * <p>
 * States: <i>open</i> from the handshake on; <i>closing</i> from the moment a close was
 * asked for, by either side ({@link #isOpen()} is false, subscriptions have ended, what
 * was written before is still sent); <i>closed</i> when the socket is gone
 * ({@link #pending()} is -1). What the peer sent before it closed is still delivered: its
 * close takes its turn after those messages.
 * <p>
 * What is written waits in a queue bounded by {@code iodine.send-queue.max-messages}
 * (1024) and {@code iodine.send-queue.max-size} (1 MiB); a peer that reads too slowly and
 * reaches either bound is closed with code 1013.
 * <p>
 * Thread-safe, and no method blocks. What one thread writes is sent in that order.
 */
public interface Connection {

	/**
	 * Identifies this connection in logs.
	 * @return an id that is never used again in this process
	 */
	String id();

	/**
	 * What is spoken.
	 * @return the protocol
	 */
	Protocol protocol();

	/**
	 * The WebSocket subprotocol agreed on.
	 * @return the subprotocol
	 */
	Optional<String> subprotocol();

	/**
	 * The request that was upgraded.
	 * @return the request; empty for a socket that was never HTTP
	 */
	Optional<UpgradeRequest> request();

	/**
	 * The client's address, after forwarded headers were applied.
	 * @return the address; empty on a Unix socket
	 */
	Optional<SocketAddress> remoteAddress();

	/**
	 * The address at which the client has reached this process.
	 * @return the address; empty on a Unix socket
	 */
	default Optional<SocketAddress> localAddress() {
		return Optional.empty();
	}

	/**
	 * The TLS session, with cipher, protocol and the certificates of the peer. It stays
	 * after the end of the connection.
	 * @return the session; empty when this process has not encrypted the connection
	 */
	default Optional<SSLSession> tlsSession() {
		return Optional.empty();
	}

	/**
	 * Who the client is: as the handshake's request says, or the subject of its
	 * certificate.
	 * @return the principal; empty when the client is not known
	 */
	default Optional<Principal> principal() {
		return request().flatMap(UpgradeRequest::principal);
	}

	/**
	 * Sends a message: as a text or binary frame, as an event, or as bytes. To SSE,
	 * binary is sent when it is valid UTF-8.
	 * @param message the message
	 * @return true: scheduled; false: closed, refused by the overflow policy, or binary
	 * that SSE can't carry
	 */
	boolean write(Message message);

	/**
	 * Sends a text message.
	 * @param text the text
	 * @return as {@link #write(Message)}
	 */
	default boolean write(String text) {
		return write(Message.text(text));
	}

	/**
	 * Sends a binary message.
	 * @param bytes the content; don't change it afterwards
	 * @return as {@link #write(Message)}
	 */
	default boolean write(byte[] bytes) {
		return write(Message.binary(bytes));
	}

	/**
	 * Sends a value as JSON text.
	 * @param value the value
	 * @return as {@link #write(Message)}
	 * @throws IllegalStateException when there is no Jackson
	 * @throws RuntimeException Jackson's own, when the value can't be written
	 */
	boolean writeJson(Object value);

	/**
	 * How many writes were not yet handed to the socket.
	 * @return 0: none; -1: closed
	 */
	int pending();

	/**
	 * Whether the connection is open.
	 * @return false from the moment a close was asked for
	 */
	boolean isOpen();

	/**
	 * Closes after what is pending was sent; a WebSocket with code 1000.
	 */
	void close();

	/**
	 * Closes after what is pending was sent. SSE and RAW ignore code and reason.
	 * @param code 1000 to 1003, 1007 to 1014, or 3000 to 4999 (RFC 6455, section 7.4)
	 * @param reason at most 123 bytes of UTF-8
	 * @throws IllegalArgumentException when code or reason is out of range
	 */
	void close(int code, String reason);

	/**
	 * Closes at a time to come, as {@link #close(int, String)} does; at once when it is
	 * past. Another time replaces it.
	 * @param when the time
	 * @param code as of {@link #close(int, String)}
	 * @param reason as of {@link #close(int, String)}
	 * @throws IllegalArgumentException when code or reason is out of range
	 */
	void closeAt(Instant when, int code, String reason);

	/**
	 * Closes at a time to come, a WebSocket with code 1000.
	 * @param when the time
	 */
	default void closeAt(Instant when) {
		closeAt(when, 1000, "");
	}

	/**
	 * Closes the socket at once and discards what is pending.
	 */
	void forceClose();

	/**
	 * Why the connection is closing or closed.
	 * @return empty while it is open
	 */
	Optional<CloseReason> closeReason();

	/**
	 * The idle time after which a WebSocket is pinged and an event stream gets a comment,
	 * or after which {@link ConnectionHandler#onTimeout} is called for RAW.
	 * @return zero: never
	 */
	Duration timeout();

	/**
	 * Sets the idle time.
	 * @param idle the time, up to 24 hours; zero: never
	 * @throws IllegalArgumentException when it is negative or longer
	 */
	void timeout(Duration idle);

	/**
	 * The object that receives the callbacks.
	 * @return the handler set last
	 */
	ConnectionHandler handler();

	/**
	 * Replaces the handler when the running callback returned: the old one's
	 * {@code onClose}, the next one's {@code onOpen}, then the remaining messages.
	 * Subscriptions stay.
	 * @param next the next handler
	 */
	void handler(ConnectionHandler next);

	/**
	 * Tells the messages of a RAW connection apart otherwise: what is written and what is
	 * read from now on. What was read already stays as it was told apart; with callbacks
	 * on the event loop, the change follows the message of the running callback. When an
	 * answer lets the peer change, use {@link #framer(Framer, Message)}.
	 * @param next the next framer
	 * @throws IllegalStateException when this is no RAW connection
	 */
	default void framer(Framer next) {
		throw new IllegalStateException("only a RAW connection has a framer, and this one is " + protocol());
	}

	/**
	 * Writes a last message as the present framer has it, and then changes to another.
	 * All that the peer sends after it has seen the message is told apart by the next
	 * framer: nothing more is read before the change.
	 * @param next the next framer
	 * @param last what the peer waits for
	 * @return as of {@link #write(Message)}; the framer changes in any case
	 * @throws IllegalStateException when this is no RAW connection
	 */
	default boolean framer(Framer next, Message last) {
		throw new IllegalStateException("only a RAW connection has a framer, and this one is " + protocol());
	}

	/**
	 * The application's own attributes. Mutable and thread-safe; neither keys nor values
	 * may be null.
	 * @return the same map as {@link UpgradeRequest#attributes()}
	 */
	Map<String, Object> attributes();

	/**
	 * Runs a task in this connection's turn, never beside a callback.
	 * @param task the task; an exception is logged
	 * @return false: closed, or too many tasks and listener messages wait already
	 */
	boolean defer(Runnable task);

	/**
	 * Subscribes this client: messages of the channel are written to it. Replaces a
	 * subscription of the same channel. Ends with the connection.
	 * @param channel the channel
	 * @return false: closed, or {@code iodine.connections.max-subscriptions} is reached
	 */
	boolean subscribe(String channel);

	/**
	 * Subscribes this client, with every message written in one kind.
	 * @param channel the channel
	 * @param as the kind
	 * @return false: closed, {@code iodine.connections.max-subscriptions} is reached, or
	 * binary for an event stream, which carries text
	 */
	boolean subscribe(String channel, As as);

	/**
	 * Hears a channel in this connection's turn. Replaces a subscription of the same
	 * channel. Ends with the connection.
	 * @param channel the channel
	 * @param listener called in order, never beside a callback
	 * @return false: closed, or {@code iodine.connections.max-subscriptions} is reached
	 */
	boolean subscribe(String channel, MessageListener listener);

	/**
	 * Subscribes this client to a channel with history: its messages are written from a
	 * known place on, in order, without a hole or a double before what is new. An event
	 * stream whose client came back with the id of a message of this channel goes on
	 * there instead.
	 * @param channel the channel; without a history the outcome is that nothing was
	 * recovered
	 * @param since where it begins, and what is called first
	 * @return false: closed, or {@code iodine.connections.max-subscriptions} is reached
	 */
	boolean subscribe(String channel, Since since);

	/**
	 * Hears a channel with history from a known place on, in this connection's turn.
	 * @param channel the channel; without a history the outcome is that nothing was
	 * recovered
	 * @param since where it begins, and what is called first
	 * @param listener called in order, never beside a callback
	 * @return false: closed, or {@code iodine.connections.max-subscriptions} is reached
	 */
	boolean subscribe(String channel, Since since, MessageListener listener);

	/**
	 * Subscribes this client to every channel that matches a pattern. Independent of the
	 * channel of the same text.
	 * @param glob the pattern, in the syntax of Redis
	 * @return false: closed, or {@code iodine.connections.max-subscriptions} is reached
	 */
	boolean subscribePattern(String glob);

	/**
	 * Subscribes this client to a pattern, with every message written in one kind.
	 * @param glob the pattern
	 * @param as the kind
	 * @return false: closed, {@code iodine.connections.max-subscriptions} is reached, or
	 * binary for an event stream, which carries text
	 */
	boolean subscribePattern(String glob, As as);

	/**
	 * Hears every channel that matches a pattern, in this connection's turn.
	 * @param glob the pattern
	 * @param listener called in order, never beside a callback
	 * @return false: closed, or {@code iodine.connections.max-subscriptions} is reached
	 */
	boolean subscribePattern(String glob, MessageListener listener);

	/**
	 * Ends the subscription of a channel.
	 * @param channel the channel
	 * @return whether there was one
	 */
	boolean unsubscribe(String channel);

	/**
	 * Ends the subscription of a pattern.
	 * @param glob the pattern
	 * @return whether there was one
	 */
	boolean unsubscribePattern(String glob);

	/**
	 * Whether this connection is subscribed to a channel.
	 * @param channel the channel; patterns don't count
	 * @return whether there is a subscription of exactly that channel
	 */
	boolean isSubscribed(String channel);

	/**
	 * Makes a member {@linkplain Presence present} on a channel for as long as this
	 * client is connected. One at a time: joining the same channel again replaces. Needs
	 * no subscription, and makes none.
	 * @param channel the channel
	 * @param member the member, such as the name of the user; the same from several
	 * clients is there once
	 * @return false: closed
	 * @throws IllegalStateException when {@code iodine.pubsub.presence.max-members}
	 * joined in this process
	 */
	boolean join(String channel, String member);

	/**
	 * Makes a member present as {@link #join(String, String)} does, with data that all
	 * processes see.
	 * @param channel the channel
	 * @param member the member
	 * @param data the data, written as JSON; at most
	 * {@code iodine.pubsub.presence.max-data-size}
	 * @return false: closed
	 * @throws IllegalArgumentException when the data is too large
	 * @throws IllegalStateException as of {@link #join(String, String)}, or when there is
	 * no Jackson
	 */
	boolean join(String channel, String member, Object data);

	/**
	 * Ends the presence that {@link #join} began.
	 * @param channel the channel
	 * @return whether there was one
	 */
	boolean leave(String channel);

	/**
	 * Writes the members of a channel to this client: first those that are present, then
	 * each that joins or leaves, as text such as
	 * {@code {"event":"iodine.presence","channel":"chat","data":{"joined":{"name":"Ada"}}}},
	 * with {@code left} instead of {@code joined} for one that leaves; to an event stream
	 * it is an event of that name. Counts as a subscription, and ends with the connection
	 * or {@link #unfollowPresence}. Following a channel again begins anew.
	 * @param channel the channel
	 * @return false: closed, or the maximum number of subscriptions is reached
	 * @throws IllegalStateException when there is no Jackson
	 */
	boolean followPresence(String channel);

	/**
	 * Ends what {@link #followPresence} began.
	 * @param channel the channel
	 * @return whether the channel was followed
	 */
	boolean unfollowPresence(String channel);

	/**
	 * Publishes through the default engine. A subscribed publisher gets its own copy.
	 * Works on a closed connection too.
	 * @param channel the channel
	 * @param message the message
	 * @return whether it was scheduled
	 */
	boolean publish(String channel, Message message);

	/**
	 * Publishes through the default engine to all subscribers but this connection, by
	 * whichever channel or pattern it is subscribed. A broker has 30 seconds to bring the
	 * message back; after that the connection gets its own copy. A
	 * {@linkplain #subscribe(String, Since) resumed} subscription reads everything that
	 * the history has, messages of its own included.
	 * @param channel the channel
	 * @param message the message
	 * @return whether it was scheduled
	 */
	boolean publishOthers(String channel, Message message);

	/**
	 * Publishes a text message to all subscribers but this connection.
	 * @param channel the channel
	 * @param text the text
	 * @return whether it was scheduled
	 */
	default boolean publishOthers(String channel, String text) {
		return publishOthers(channel, Message.text(text));
	}

	/**
	 * Publishes a binary message to all subscribers but this connection.
	 * @param channel the channel
	 * @param bytes the content; don't change it afterwards
	 * @return whether it was scheduled
	 */
	default boolean publishOthers(String channel, byte[] bytes) {
		return publishOthers(channel, Message.binary(bytes));
	}

	/**
	 * Publishes a text message through the default engine.
	 * @param channel the channel
	 * @param text the text
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, String text) {
		return publish(channel, Message.text(text));
	}

	/**
	 * Publishes a binary message through the default engine.
	 * @param channel the channel
	 * @param bytes the content; don't change it afterwards
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, byte[] bytes) {
		return publish(channel, Message.binary(bytes));
	}

	/**
	 * Publishes a value as JSON text through the default engine.
	 * @param channel the channel
	 * @param value the value
	 * @return whether it was scheduled
	 * @throws IllegalStateException when there is no Jackson
	 */
	boolean publishJson(String channel, Object value);

	/**
	 * Publishes through one engine.
	 * @param channel the channel
	 * @param message the message
	 * @param engine the engine
	 * @return whether it was scheduled
	 */
	boolean publish(String channel, Message message, PubSubEngine engine);

	/**
	 * Publishes a text message through one engine.
	 * @param channel the channel
	 * @param text the text
	 * @param engine the engine
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, String text, PubSubEngine engine) {
		return publish(channel, Message.text(text), engine);
	}

	/**
	 * Publishes a binary message through one engine.
	 * @param channel the channel
	 * @param bytes the content; don't change it afterwards
	 * @param engine the engine
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, byte[] bytes, PubSubEngine engine) {
		return publish(channel, Message.binary(bytes), engine);
	}

	/**
	 * Publishes a value as JSON text through one engine.
	 * @param channel the channel
	 * @param value the value
	 * @param engine the engine
	 * @return whether it was scheduled
	 * @throws IllegalStateException when there is no Jackson
	 */
	boolean publishJson(String channel, Object value, PubSubEngine engine);

}
