package io.iodine.net;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import org.jspecify.annotations.Nullable;

/**
 * A socket on which connections are taken, beside those of the web server: a bean, or
 * given to {@link Listeners#add}. Immutable: each method answers a new one.
 * <p>
 * URLs: {@code tcp://0.0.0.0:7000}, {@code tls://host:7443}, {@code udp://host:7000} and
 * {@code unix:/run/app.sock}. Port 0 takes any free port. What is not set here is that of
 * all connections.
 * <p>
 * It is long because each option has a method that sets it and one that reads it.
 */
public final class Listener {

	private final String url;

	private final Supplier<? extends ConnectionHandler> handlers;

	private @Nullable String name;

	private Framer framer = Framer.raw();

	private @Nullable Duration timeout;

	private @Nullable Integer maxMessageSize;

	private int maxConnections;

	private boolean nonBlocking;

	private boolean log;

	private @Nullable String tlsBundle;

	private boolean clientCertificate;

	private Map<String, String> sni = Map.of();

	private List<String> alpn = List.of();

	private Duration handshakeTimeout = Duration.ofSeconds(4);

	private @Nullable Integer backlog;

	private boolean noDelay = true;

	private boolean reusePort;

	private int fastOpen;

	private @Nullable String permissions;

	private Listener(String url, Supplier<? extends ConnectionHandler> handlers) {
		this.url = Objects.requireNonNull(url, "the URL of a listener must not be null");
		this.handlers = Objects.requireNonNull(handlers, "the handlers of a listener must not be null");
	}

	private Listener(Listener from) {
		this(from.url, from.handlers);
		this.name = from.name;
		this.framer = from.framer;
		this.timeout = from.timeout;
		this.maxMessageSize = from.maxMessageSize;
		this.maxConnections = from.maxConnections;
		this.nonBlocking = from.nonBlocking;
		this.log = from.log;
		this.tlsBundle = from.tlsBundle;
		this.clientCertificate = from.clientCertificate;
		this.sni = from.sni;
		this.alpn = from.alpn;
		this.handshakeTimeout = from.handshakeTimeout;
		this.backlog = from.backlog;
		this.noDelay = from.noDelay;
		this.reusePort = from.reusePort;
		this.fastOpen = from.fastOpen;
		this.permissions = from.permissions;
	}

	/**
	 * A listener with an object for each connection.
	 * @param url where to listen
	 * @param handlers gives the handler of a connection, on a callback thread; an
	 * exception closes the connection
	 * @return the listener
	 */
	public static Listener on(String url, Supplier<? extends ConnectionHandler> handlers) {
		return new Listener(url, handlers);
	}

	/**
	 * A listener with one object for all connections.
	 * @param url where to listen
	 * @param handler the handler
	 * @return the listener
	 */
	public static Listener on(String url, ConnectionHandler handler) {
		Objects.requireNonNull(handler, "the handler of a listener must not be null");
		return new Listener(url, () -> handler);
	}

	/**
	 * Names the listener, in logs and in the property {@code local.iodine.<name>.port}.
	 * @param value the name; that of the bean unless it is set
	 * @return the listener
	 */
	public Listener name(String value) {
		Listener copy = new Listener(this);
		copy.name = Objects.requireNonNull(value, "the name of a listener must not be null");
		return copy;
	}

	/**
	 * Sets how messages are told apart.
	 * @param value the framer; raw unless it is set
	 * @return the listener
	 */
	public Listener framer(Framer value) {
		Listener copy = new Listener(this);
		copy.framer = Objects.requireNonNull(value, "the framer must not be null");
		return copy;
	}

	/**
	 * Sets how long a connection may be idle before {@code onTimeout}.
	 * @param value the time; {@code iodine.ping-interval} unless it is set; zero: never
	 * @return the listener
	 */
	public Listener timeout(Duration value) {
		if (value.isNegative() || value.compareTo(Duration.ofHours(24)) > 0) {
			throw new IllegalArgumentException("an idle time is from zero to 24 hours, not " + value);
		}
		Listener copy = new Listener(this);
		copy.timeout = value;
		return copy;
	}

	/**
	 * Sets the size of the largest message that a peer may send.
	 * @param bytes the size; {@code iodine.max-message-size} unless it is set
	 * @return the listener
	 */
	public Listener maxMessageSize(int bytes) {
		if (bytes < 1) {
			throw new IllegalArgumentException("a message has at least 1 byte, not " + bytes);
		}
		Listener copy = new Listener(this);
		copy.maxMessageSize = bytes;
		return copy;
	}

	/**
	 * Sets whether each connection is logged when it opens and when it closes, to the
	 * logger {@code io.iodine.listener.<name>}.
	 * @param value true to log them; false unless it is set
	 * @return the listener
	 */
	public Listener log(boolean value) {
		Listener copy = new Listener(this);
		copy.log = value;
		return copy;
	}

	/**
	 * Sets how many connections may be open. One more is closed at once.
	 * @param value the number; 0 for no limit but those of all connections
	 * @return the listener
	 */
	public Listener maxConnections(int value) {
		if (value < 0) {
			throw new IllegalArgumentException("a number of connections is zero or more, not " + value);
		}
		Listener copy = new Listener(this);
		copy.maxConnections = value;
		return copy;
	}

	/**
	 * Sets whether callbacks run on the event loop, where they must not block.
	 * @param value true for the event loop
	 * @return the listener
	 */
	public Listener nonBlocking(boolean value) {
		Listener copy = new Listener(this);
		copy.nonBlocking = value;
		return copy;
	}

	/**
	 * Sets the SSL bundle whose keys a {@code tls://} listener uses.
	 * @param bundle the name of the bundle, of {@code spring.ssl.bundle}
	 * @return the listener
	 */
	public Listener tls(String bundle) {
		Listener copy = new Listener(this);
		copy.tlsBundle = Objects.requireNonNull(bundle, "the name of the SSL bundle must not be null");
		return copy;
	}

	/**
	 * Sets whether a client must have a certificate that the bundle trusts. Its subject
	 * is the {@link io.iodine.Connection#principal() principal} of the connection.
	 * @param value false, unless it is set
	 * @return the listener
	 */
	public Listener clientCertificate(boolean value) {
		Listener copy = new Listener(this);
		copy.clientCertificate = value;
		return copy;
	}

	/**
	 * Adds a certificate for clients that ask for a host name (SNI).
	 * @param host the name, or one such as {@code *.example.com}
	 * @param bundle the name of its SSL bundle
	 * @return the listener
	 */
	public Listener sni(String host, String bundle) {
		Map<String, String> bundles = new LinkedHashMap<>(this.sni);
		bundles.put(host, bundle);
		Listener copy = new Listener(this);
		copy.sni = Collections.unmodifiableMap(bundles);
		return copy;
	}

	/**
	 * Sets the protocols that TLS negotiates (ALPN). The one agreed on is the
	 * {@link io.iodine.Connection#subprotocol() subprotocol} of the connection.
	 * @param protocols the protocols, by preference; the first is that of a client which
	 * offers none
	 * @return the listener
	 */
	public Listener alpn(String... protocols) {
		Listener copy = new Listener(this);
		copy.alpn = List.of(protocols);
		return copy;
	}

	/**
	 * Sets how long a TLS handshake may take.
	 * @param value the time, from 1 millisecond to 24 hours; 4 seconds unless it is set
	 * @return the listener
	 * @throws IllegalArgumentException when the time is shorter or longer
	 */
	public Listener handshakeTimeout(Duration value) {
		if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofHours(24)) > 0) {
			throw new IllegalArgumentException(
					"the time of a handshake is from 1 millisecond to 24 hours, not " + value);
		}
		Listener copy = new Listener(this);
		copy.handshakeTimeout = value;
		return copy;
	}

	/**
	 * Sets how many connections the operating system keeps before they are taken.
	 * @param value the number; the system's own unless it is set
	 * @return the listener
	 */
	public Listener backlog(int value) {
		if (value < 1) {
			throw new IllegalArgumentException("a backlog is 1 or more, not " + value);
		}
		Listener copy = new Listener(this);
		copy.backlog = value;
		return copy;
	}

	/**
	 * Sets whether small writes are sent at once ({@code TCP_NODELAY}).
	 * @param value true, unless it is set
	 * @return the listener
	 */
	public Listener noDelay(boolean value) {
		Listener copy = new Listener(this);
		copy.noDelay = value;
		return copy;
	}

	/**
	 * Sets whether several processes may listen on the same port ({@code SO_REUSEPORT}).
	 * @param value false, unless it is set
	 * @return the listener
	 */
	public Listener reusePort(boolean value) {
		Listener copy = new Listener(this);
		copy.reusePort = value;
		return copy;
	}

	/**
	 * Sets how many connections may bring data before their handshake is complete
	 * ({@code TCP_FASTOPEN}, on Linux with epoll).
	 * @param value the number; 0 for none
	 * @return the listener
	 */
	public Listener fastOpen(int value) {
		if (value < 0) {
			throw new IllegalArgumentException("a number of connections is zero or more, not " + value);
		}
		Listener copy = new Listener(this);
		copy.fastOpen = value;
		return copy;
	}

	/**
	 * Sets who may connect to a Unix socket.
	 * @param value as in {@code rw-rw----}, where a client needs {@code w}; what the
	 * process's umask leaves unless it is set
	 * @return the listener
	 */
	public Listener permissions(String value) {
		if (!value.matches("([r-][w-][x-]){3}")) {
			throw new IllegalArgumentException("permissions look like rw-rw----, not like " + value);
		}
		Listener copy = new Listener(this);
		copy.permissions = value;
		return copy;
	}

	public String url() {
		return this.url;
	}

	public Supplier<? extends ConnectionHandler> handlers() {
		return this.handlers;
	}

	public Optional<String> name() {
		return Optional.ofNullable(this.name);
	}

	public Framer framer() {
		return this.framer;
	}

	public Optional<Duration> timeout() {
		return Optional.ofNullable(this.timeout);
	}

	public OptionalInt maxMessageSize() {
		return (this.maxMessageSize != null) ? OptionalInt.of(this.maxMessageSize) : OptionalInt.empty();
	}

	public int maxConnections() {
		return this.maxConnections;
	}

	public boolean isLogged() {
		return this.log;
	}

	public boolean isNonBlocking() {
		return this.nonBlocking;
	}

	public Optional<String> tlsBundle() {
		return Optional.ofNullable(this.tlsBundle);
	}

	public boolean isClientCertificate() {
		return this.clientCertificate;
	}

	public Map<String, String> sni() {
		return this.sni;
	}

	public List<String> alpn() {
		return this.alpn;
	}

	public Duration handshakeTimeout() {
		return this.handshakeTimeout;
	}

	public OptionalInt backlog() {
		return (this.backlog != null) ? OptionalInt.of(this.backlog) : OptionalInt.empty();
	}

	public boolean isNoDelay() {
		return this.noDelay;
	}

	public boolean isReusePort() {
		return this.reusePort;
	}

	public int fastOpen() {
		return this.fastOpen;
	}

	public Optional<String> permissions() {
		return Optional.ofNullable(this.permissions);
	}

	@Override
	public String toString() {
		return (this.name != null) ? this.name + " on " + this.url : this.url;
	}

}
