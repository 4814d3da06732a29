package io.iodine.autoconfigure;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.iodine.net.ClientOptions;
import io.iodine.socket.ReconnectPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Clients that stay connected.
 *
 * @param clients Clients by their names, those of their beans:
 * iodine.clients.&lt;name&gt;.url, .handler, .reconnect and others, which the page on
 * clients lists.
 */
@ConfigurationProperties("iodine")
record ClientProperties(@DefaultValue Map<String, Entry> clients) {

	ClientProperties {
		clients = new LinkedHashMap<>(clients);
		clients.forEach((name, client) -> client.check(prefix(name)));
	}

	static String prefix(String name) {
		return "iodine.clients." + name;
	}

	/**
	 * A client.
	 *
	 * @param url Where to connect to, such as wss://example.com/feed. Unset means the URL
	 * of the bean's annotation.
	 * @param handler Name of the ConnectionHandler bean that gets the callbacks. Unset
	 * means the bean with the client's name.
	 * @param headers Headers of the request of a WebSocket or an event stream.
	 * @param subprotocols Subprotocols that a WebSocket offers, by preference.
	 * @param framer How messages of bytes are told apart.
	 * @param delimiter What ends a message, for framer delimiter.
	 * @param connectTimeout How long connecting may take.
	 * @param handshakeTimeout How long the handshakes of TLS and WebSocket may take.
	 * @param timeout Interval of pings of a WebSocket, and idle time of bytes. Unset
	 * means iodine.ping-interval, 0 means never.
	 * @param pingTimeout How long a ping may go unanswered. Unset means
	 * iodine.ping-timeout.
	 * @param maxMessageSize Size of the largest message that the server may send. Unset
	 * means iodine.max-message-size.
	 * @param compression Whether a WebSocket offers permessage-deflate.
	 * @param nonBlocking Whether callbacks run on the event loop.
	 * @param reconnect Whether another connection is made after one was lost.
	 * @param minDelay Time before the first attempt to connect again.
	 * @param maxDelay Longest time between two attempts.
	 * @param proxy Host and port of an HTTP proxy, as in proxy.example.com:3128.
	 * @param unixSocket Path of a Unix socket that is connected to instead of host and
	 * port.
	 * @param tls Encryption.
	 */
	record Entry(@Nullable String url, @Nullable String handler, @DefaultValue Map<String, String> headers,
			@DefaultValue List<String> subprotocols, @DefaultValue("raw") FramerName framer, @Nullable String delimiter,
			@DefaultValue("10s") Duration connectTimeout, @DefaultValue("10s") Duration handshakeTimeout,
			@Nullable Duration timeout, @Nullable Duration pingTimeout, @Nullable DataSize maxMessageSize,
			@DefaultValue("false") boolean compression, @Nullable Boolean nonBlocking, @Nullable Boolean reconnect,
			@DefaultValue("500ms") Duration minDelay, @DefaultValue("30s") Duration maxDelay, @Nullable String proxy,
			@Nullable String unixSocket, @DefaultValue SocketTlsProperties tls) {

		static final Entry NONE = new Entry(null, null, Map.of(), List.of(), FramerName.RAW, null,
				Duration.ofSeconds(10), Duration.ofSeconds(10), null, null, null, false, null, null,
				Duration.ofMillis(500), Duration.ofSeconds(30), null, null, SocketTlsProperties.NONE);

		Entry {
			headers = new LinkedHashMap<>(headers);
			subprotocols = List.copyOf(subprotocols);
		}

		void check(String name) {
			this.framer.check(name, this.delimiter);
			PropertyCheck.upToADayAboveZero(name + ".connect-timeout", this.connectTimeout);
			PropertyCheck.upToADayAboveZero(name + ".handshake-timeout", this.handshakeTimeout);
			PropertyCheck.aboveZero(name + ".min-delay", this.minDelay);
			PropertyCheck.aboveZero(name + ".max-delay", this.maxDelay);
			if (this.pingTimeout != null) {
				PropertyCheck.upToADayAboveZero(name + ".ping-timeout", this.pingTimeout);
			}
			InvalidIodinePropertyException.unless(this.maxDelay.compareTo(this.minDelay) >= 0, name + ".max-delay",
					this.maxDelay, "at least min-delay, which is " + this.minDelay);
			InvalidIodinePropertyException.unless(
					this.timeout == null || (!this.timeout.isNegative() && this.timeout.toHours() < 24),
					name + ".timeout", String.valueOf(this.timeout), "a time from 0 to 24h, such as 40s");
			InvalidIodinePropertyException.unless(this.maxMessageSize == null
					|| (this.maxMessageSize.toBytes() > 0 && this.maxMessageSize.toBytes() <= Integer.MAX_VALUE - 1024),
					name + ".max-message-size", String.valueOf(this.maxMessageSize), "a size above 0 and below 2GB");
			InvalidIodinePropertyException.unless(this.proxy == null || isHostAndPort(this.proxy), name + ".proxy",
					String.valueOf(this.proxy), "a host and a port, such as proxy.example.com:3128");
			this.headers.forEach((header, value) -> check(name + ".headers." + header, value,
					"a value without control characters, and the name a token such as X-Api-Key",
					() -> ClientOptions.DEFAULTS.header(header, value)));
			this.subprotocols.forEach((subprotocol) -> check(name + ".subprotocols", subprotocol,
					"tokens such as v1.json", () -> ClientOptions.DEFAULTS.subprotocols(subprotocol)));
			InvalidIodinePropertyException.unless(
					this.tls.sni().isEmpty() && this.tls.alpn().isEmpty() && !this.tls.clientCertificate(),
					name + ".tls", "set to what is for listeners",
					"certificate, private-key, trust-certificate or bundle");
			this.tls.check(name + ".tls");
		}

		private static void check(String property, String value, String expected, Runnable use) {
			boolean usable = false;
			try {
				use.run();
				usable = true;
			}
			catch (IllegalArgumentException ex) {
				// the failure names the property
			}
			InvalidIodinePropertyException.unless(usable, property, value, expected);
		}

		private static boolean isHostAndPort(String value) {
			return value.matches("[^:/\\s]+:\\d{1,5}") && port(value) >= 1 && port(value) <= 65_535;
		}

		private static int port(String hostAndPort) {
			return Integer.parseInt(hostAndPort.substring(hostAndPort.indexOf(':') + 1));
		}

		ReconnectPolicy policy(boolean byDefault) {
			return new ReconnectPolicy((this.reconnect != null) ? this.reconnect : byDefault, this.minDelay,
					this.maxDelay);
		}

		/** Completes options by what is set here. */
		ClientOptions complete(ClientOptions options) {
			ClientOptions complete = options.framer(this.framer.framer(this.delimiter))
				.connectTimeout(this.connectTimeout)
				.handshakeTimeout(this.handshakeTimeout)
				.compression(this.compression);
			for (Map.Entry<String, String> header : this.headers.entrySet()) {
				complete = complete.header(header.getKey(), header.getValue());
			}
			complete = this.subprotocols.isEmpty() ? complete
					: complete.subprotocols(this.subprotocols.toArray(String[]::new));
			complete = (this.timeout != null) ? complete.timeout(this.timeout) : complete;
			complete = (this.pingTimeout != null) ? complete.pingTimeout(this.pingTimeout) : complete;
			complete = (this.maxMessageSize != null) ? complete.maxMessageSize((int) this.maxMessageSize.toBytes())
					: complete;
			complete = (this.nonBlocking != null) ? complete.nonBlocking(this.nonBlocking) : complete;
			complete = (this.unixSocket != null) ? complete.unixSocket(this.unixSocket) : complete;
			if (this.proxy != null) {
				String host = this.proxy.substring(0, this.proxy.indexOf(':'));
				complete = complete.proxy(new InetSocketAddress(host, port(this.proxy)));
			}
			return complete;
		}

	}

}
