package io.iodine.net;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

import io.iodine.Framer;
import org.jspecify.annotations.Nullable;

/**
 * How a client connects. Immutable: each method answers a new one. Unset options have the
 * values of all connections.
 */
public final class ClientOptions {

	private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

	private static final Duration LONGEST = Duration.ofHours(24);

	/** Everything as usual. */
	public static final ClientOptions DEFAULTS = new ClientOptions();

	private Map<String, List<String>> headers = Map.of();

	private List<String> subprotocols = List.of();

	private Framer framer = Framer.raw();

	private Duration connectTimeout = Duration.ofSeconds(10);

	private Duration handshakeTimeout = Duration.ofSeconds(10);

	private @Nullable Duration timeout;

	private @Nullable Duration pingTimeout;

	private @Nullable Integer maxMessageSize;

	private boolean nonBlocking;

	private boolean compression;

	private @Nullable String tlsBundle;

	private @Nullable InetSocketAddress proxy;

	private @Nullable String unixSocket;

	private ClientOptions() {
	}

	private ClientOptions(ClientOptions from) {
		this.headers = from.headers;
		this.subprotocols = from.subprotocols;
		this.framer = from.framer;
		this.connectTimeout = from.connectTimeout;
		this.handshakeTimeout = from.handshakeTimeout;
		this.timeout = from.timeout;
		this.pingTimeout = from.pingTimeout;
		this.maxMessageSize = from.maxMessageSize;
		this.nonBlocking = from.nonBlocking;
		this.compression = from.compression;
		this.tlsBundle = from.tlsBundle;
		this.proxy = from.proxy;
		this.unixSocket = from.unixSocket;
	}

	/**
	 * Adds a header to the request of a WebSocket or an event stream.
	 * @param name the name, a token (RFC 9110, section 5.6.2)
	 * @param value the value; spaces and tabs around it are not sent
	 * @return the options
	 * @throws IllegalArgumentException when the name is no token, or the value has a
	 * control character other than a tab
	 */
	public ClientOptions header(String name, String value) {
		if (!name.matches(TOKEN) || !value.matches("[^\\x00-\\x08\\x0a-\\x1f\\x7f]*+")) {
			throw new IllegalArgumentException("a header must not have the name or the value of " + name);
		}
		Map<String, List<String>> all = new LinkedHashMap<>(this.headers);
		List<String> values = new ArrayList<>(all.getOrDefault(name, List.of()));
		values.add(value.replaceAll("^[ \\t]++|[ \\t]++$", ""));
		all.put(name, List.copyOf(values));
		ClientOptions copy = new ClientOptions(this);
		copy.headers = all;
		return copy;
	}

	/**
	 * Adds a cookie to the request of a WebSocket or an event stream.
	 * @param name the name
	 * @param value the value
	 * @return the options
	 */
	public ClientOptions cookie(String name, String value) {
		String cookie = name + "=" + value;
		List<String> before = this.headers.getOrDefault("Cookie", List.of());
		if (before.isEmpty()) {
			return header("Cookie", cookie);
		}
		ClientOptions copy = new ClientOptions(this);
		Map<String, List<String>> others = new LinkedHashMap<>(this.headers);
		others.remove("Cookie");
		copy.headers = others;
		return copy.header("Cookie", before.get(0) + "; " + cookie);
	}

	/**
	 * Sets the subprotocols that a WebSocket offers.
	 * @param names the subprotocols, by preference
	 * @return the options
	 * @throws IllegalArgumentException when one is no token (RFC 6455, section 4.1)
	 */
	public ClientOptions subprotocols(String... names) {
		for (String name : names) {
			if (!name.matches(TOKEN)) {
				throw new IllegalArgumentException("a subprotocol is a token such as v1.json, not '" + name + "'");
			}
		}
		ClientOptions copy = new ClientOptions(this);
		copy.subprotocols = List.of(names);
		return copy;
	}

	/**
	 * Sets how messages of bytes are told apart.
	 * @param value the framer; raw unless it is set
	 * @return the options
	 */
	public ClientOptions framer(Framer value) {
		ClientOptions copy = new ClientOptions(this);
		copy.framer = Objects.requireNonNull(value, "the framer must not be null");
		return copy;
	}

	/**
	 * Sets how long connecting may take.
	 * @param value the time, from 1 millisecond to 24 hours; 10 seconds unless it is set
	 * @return the options
	 * @throws IllegalArgumentException when the time is shorter or longer
	 */
	public ClientOptions connectTimeout(Duration value) {
		ClientOptions copy = new ClientOptions(this);
		copy.connectTimeout = checked(value);
		return copy;
	}

	/**
	 * Sets how long the handshakes of TLS and WebSocket may take together.
	 * @param value the time, from 1 millisecond to 24 hours; 10 seconds unless it is set
	 * @return the options
	 * @throws IllegalArgumentException when the time is shorter or longer
	 */
	public ClientOptions handshakeTimeout(Duration value) {
		ClientOptions copy = new ClientOptions(this);
		copy.handshakeTimeout = checked(value);
		return copy;
	}

	/**
	 * Sets the interval of pings of a WebSocket, and the idle time of bytes.
	 * @param value the time; {@code iodine.ping-interval} unless it is set; zero: never
	 * @return the options
	 */
	public ClientOptions timeout(Duration value) {
		if (value.isNegative() || value.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException("an idle time is from zero to 24 hours, not " + value);
		}
		ClientOptions copy = new ClientOptions(this);
		copy.timeout = value;
		return copy;
	}

	/**
	 * Sets how long a ping of a WebSocket may go unanswered.
	 * @param value the time, from 1 millisecond to 24 hours; {@code iodine.ping-timeout}
	 * unless it is set
	 * @return the options
	 * @throws IllegalArgumentException when the time is shorter or longer
	 */
	public ClientOptions pingTimeout(Duration value) {
		ClientOptions copy = new ClientOptions(this);
		copy.pingTimeout = checked(value);
		return copy;
	}

	/**
	 * Sets the size of the largest message that the server may send.
	 * @param bytes the size; {@code iodine.max-message-size} unless it is set
	 * @return the options
	 */
	public ClientOptions maxMessageSize(int bytes) {
		if (bytes < 1) {
			throw new IllegalArgumentException("a message has at least 1 byte, not " + bytes);
		}
		ClientOptions copy = new ClientOptions(this);
		copy.maxMessageSize = bytes;
		return copy;
	}

	/**
	 * Sets whether callbacks run on the event loop, where they must not block.
	 * @param value true for the event loop
	 * @return the options
	 */
	public ClientOptions nonBlocking(boolean value) {
		ClientOptions copy = new ClientOptions(this);
		copy.nonBlocking = value;
		return copy;
	}

	/**
	 * Sets whether a WebSocket offers permessage-deflate, by which each message of
	 * {@code iodine.compression.min-size} is compressed by itself.
	 * @param value true to offer it; false unless it is set
	 * @return the options
	 */
	public ClientOptions compression(boolean value) {
		ClientOptions copy = new ClientOptions(this);
		copy.compression = value;
		return copy;
	}

	/**
	 * Sets the SSL bundle with what is trusted, and with the client's own certificate.
	 * @param bundle the name of the bundle, of {@code spring.ssl.bundle}; what the JDK
	 * trusts unless it is set
	 * @return the options
	 */
	public ClientOptions tls(String bundle) {
		ClientOptions copy = new ClientOptions(this);
		copy.tlsBundle = Objects.requireNonNull(bundle, "the name of the SSL bundle must not be null");
		return copy;
	}

	/**
	 * Connects through an HTTP proxy ({@code CONNECT}).
	 * @param address the address of the proxy
	 * @return the options
	 */
	public ClientOptions proxy(InetSocketAddress address) {
		ClientOptions copy = new ClientOptions(this);
		copy.proxy = Objects.requireNonNull(address, "the address of the proxy must not be null");
		return copy;
	}

	/**
	 * Connects to a Unix socket instead of the URL's host and port.
	 * @param path the path of the socket
	 * @return the options
	 */
	public ClientOptions unixSocket(String path) {
		ClientOptions copy = new ClientOptions(this);
		copy.unixSocket = Objects.requireNonNull(path, "the path of the socket must not be null");
		return copy;
	}

	public Map<String, List<String>> headers() {
		return this.headers;
	}

	public List<String> subprotocols() {
		return this.subprotocols;
	}

	public Framer framer() {
		return this.framer;
	}

	public Duration connectTimeout() {
		return this.connectTimeout;
	}

	public Duration handshakeTimeout() {
		return this.handshakeTimeout;
	}

	public Optional<Duration> timeout() {
		return Optional.ofNullable(this.timeout);
	}

	public Optional<Duration> pingTimeout() {
		return Optional.ofNullable(this.pingTimeout);
	}

	public OptionalInt maxMessageSize() {
		return (this.maxMessageSize != null) ? OptionalInt.of(this.maxMessageSize) : OptionalInt.empty();
	}

	public boolean isNonBlocking() {
		return this.nonBlocking;
	}

	public boolean isCompression() {
		return this.compression;
	}

	public Optional<String> tlsBundle() {
		return Optional.ofNullable(this.tlsBundle);
	}

	public Optional<InetSocketAddress> proxy() {
		return Optional.ofNullable(this.proxy);
	}

	public Optional<String> unixSocket() {
		return Optional.ofNullable(this.unixSocket);
	}

	/** Netty takes a time of 0 ms for no limit, and counts milliseconds in an int. */
	private static Duration checked(Duration value) {
		if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException("a time-out is from 1 millisecond to 24 hours, not " + value);
		}
		return value;
	}

}
