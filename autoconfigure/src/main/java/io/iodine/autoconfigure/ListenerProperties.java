package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.iodine.net.Listener;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Properties of listeners on further sockets.
 *
 * @param listeners Listeners by their names: iodine.listeners.&lt;name&gt;.url, .handler
 * and others, which the page on sockets lists; and iodine.listeners.on-bind-failure,
 * which is fail, or warn to start when at least one could listen.
 */
@ConfigurationProperties("iodine")
record ListenerProperties(@DefaultValue Map<String, Entry> listeners) {

	private static final String PREFIX = "iodine.listeners.";

	ListenerProperties {
		listeners = new LinkedHashMap<>(listeners);
		for (Map.Entry<String, Entry> listener : listeners.entrySet()) {
			if (!isPolicy(listener.getKey())) {
				listener.getValue().check(PREFIX + listener.getKey());
			}
		}
	}

	/** The listeners, without the policy. */
	Map<String, Entry> named() {
		Map<String, Entry> named = new LinkedHashMap<>(this.listeners);
		named.keySet().removeIf(ListenerProperties::isPolicy);
		return named;
	}

	/** Whether the start goes on when one listener can't listen and another can. */
	boolean isWarningEnough() {
		return this.listeners.entrySet().stream().filter((entry) -> isPolicy(entry.getKey())).anyMatch((entry) -> {
			String value = String.valueOf(entry.getValue().url());
			InvalidIodinePropertyException.unless(value.equals("fail") || value.equals("warn"),
					"iodine.listeners.on-bind-failure", value, "fail or warn");
			return value.equals("warn");
		});
	}

	private static boolean isPolicy(String name) {
		return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT).equals("onbindfailure");
	}

	/**
	 * A listener.
	 *
	 * @param url Where to listen, such as tcp://0.0.0.0:7000, tls://0.0.0.0:7443,
	 * udp://0.0.0.0:7000 or unix:/run/app.sock; or http://0.0.0.0:8081,
	 * https://0.0.0.0:8443 or http+unix:/run/web.sock for the web server.
	 * @param handler Name of the ConnectionHandler bean that gets the callbacks; of an
	 * http listener, of the WebHandler bean that is served instead of the application.
	 * @param framer How messages are told apart.
	 * @param delimiter What ends a message, for framer delimiter. \r, \n, \t and \0 are
	 * control characters.
	 * @param timeout How long a connection may be idle. Unset means iodine.ping-interval,
	 * 0 means for ever.
	 * @param maxMessageSize Size of the largest message that a peer may send. Unset means
	 * iodine.max-message-size.
	 * @param maxConnections Number of connections that may be open. 0 means no limit of
	 * its own.
	 * @param nonBlocking Whether callbacks run on the event loop. Unset means as the
	 * handler's @UpgradeHandler says, if it has one.
	 * @param log Whether each connection is logged when it opens and closes.
	 * @param tls Encryption.
	 * @param backlog Number of connections that the operating system keeps before they
	 * are taken.
	 * @param noDelay Whether small writes are sent at once.
	 * @param reusePort Whether several processes may listen on the port.
	 * @param fastOpen Number of connections that may bring data before their handshake is
	 * complete. 0 means none.
	 * @param permissions Who may connect to a Unix socket, as in rw-rw----.
	 */
	record Entry(@Nullable String url, @Nullable String handler, @DefaultValue("raw") FramerName framer,
			@Nullable String delimiter, @Nullable Duration timeout, @Nullable DataSize maxMessageSize,
			@DefaultValue("0") int maxConnections, @Nullable Boolean nonBlocking, @DefaultValue("false") boolean log,
			@DefaultValue SocketTlsProperties tls, @Nullable Integer backlog, @DefaultValue("true") boolean noDelay,
			@DefaultValue("false") boolean reusePort, @DefaultValue("0") int fastOpen, @Nullable String permissions) {

		/**
		 * What stands where a listener is expected: an URL without a handler, or the
		 * value of {@code on-bind-failure}.
		 * @param text the text
		 * @return a listener that has only this
		 */
		public static Entry valueOf(String text) {
			return new Entry(text, null, FramerName.RAW, null, null, null, 0, null, false, SocketTlsProperties.NONE,
					null, true, false, 0, null);
		}

		/** Whether it is one more address of the web server. */
		boolean isHttp() {
			return this.url != null && this.url.matches("(?i)(http|https|http\\+unix):.*");
		}

		/** Whether nothing is set that the web server sets otherwise. */
		private boolean suitsHttp() {
			return equals(new Entry(this.url, this.handler, FramerName.RAW, null, null, null, 0, null, false, this.tls,
					null, true, false, 0, this.permissions)) && this.tls.sni().isEmpty() && this.tls.alpn().isEmpty();
		}

		void check(String name) {
			InvalidIodinePropertyException.unless(this.url != null && !this.url.isBlank(), name + ".url", "not set",
					"a URL such as tcp://127.0.0.1:7000 or unix:/run/app.sock");
			if (isHttp()) {
				InvalidIodinePropertyException.unless(suitsHttp(), name,
						"set to more than url, handler, tls and permissions",
						"only that, because the web server serves " + this.url);
				this.tls.check(name + ".tls");
				return;
			}
			InvalidIodinePropertyException.unless(this.handler != null && !this.handler.isBlank(), name + ".handler",
					"not set", "the name of a ConnectionHandler bean");
			this.framer.check(name, this.delimiter);
			InvalidIodinePropertyException.unless(
					this.timeout == null || (!this.timeout.isNegative() && this.timeout.toHours() < 24),
					name + ".timeout", String.valueOf(this.timeout), "a time from 0 to 24h, such as 40s");
			InvalidIodinePropertyException.unless(this.maxMessageSize == null
					|| (this.maxMessageSize.toBytes() > 0 && this.maxMessageSize.toBytes() <= Integer.MAX_VALUE - 1024),
					name + ".max-message-size", String.valueOf(this.maxMessageSize), "a size above 0 and below 2GB");
			PropertyCheck.zeroOrMore(name + ".max-connections", this.maxConnections);
			PropertyCheck.zeroOrMore(name + ".fast-open", this.fastOpen);
			InvalidIodinePropertyException.unless(this.backlog == null || this.backlog > 0, name + ".backlog",
					String.valueOf(this.backlog), "a number above 0");
			InvalidIodinePropertyException.unless(
					this.permissions == null || this.permissions.matches("([r-][w-][x-]){3}"), name + ".permissions",
					String.valueOf(this.permissions), "permissions such as rw-rw----");
			this.tls.check(name + ".tls");
		}

		/** Completes a listener by what is set here. */
		Listener complete(Listener listener) {
			Listener complete = listener.framer(this.framer.framer(this.delimiter))
				.maxConnections(this.maxConnections)
				.noDelay(this.noDelay)
				.log(this.log)
				.reusePort(this.reusePort)
				.fastOpen(this.fastOpen)
				.handshakeTimeout(this.tls.handshakeTimeout())
				.alpn(this.tls.alpn().toArray(String[]::new));
			complete = (this.timeout != null) ? complete.timeout(this.timeout) : complete;
			complete = (this.maxMessageSize != null) ? complete.maxMessageSize((int) this.maxMessageSize.toBytes())
					: complete;
			complete = (this.backlog != null) ? complete.backlog(this.backlog) : complete;
			complete = (this.permissions != null) ? complete.permissions(this.permissions) : complete;
			complete = this.tls.isClientCertificate() ? complete.clientCertificate(true) : complete;
			for (Map.Entry<String, String> sni : this.tls.sni().entrySet()) {
				complete = complete.sni(sni.getKey(), sni.getValue());
			}
			return complete;
		}

	}

}
