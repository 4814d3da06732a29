package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.system.JavaVersion;
import org.springframework.util.unit.DataSize;

/**
 * Everything that can be set: each limit, its default and its unit in one place.
 *
 * @param enabled Whether anything of iodine is configured.
 * @param workers Number of event loops, which serve the sockets, from -1024 to 1024. 0
 * means one for each core, a negative number the cores divided by it, at least 1.
 * @param threads Number of threads that run callbacks, started on demand, from -1024 to
 * 32767. 0 means ten for each core, at least 16, a negative number the cores divided by
 * it, at least 1. Without effect when callbacks run on virtual threads.
 * @param callbacks Where callbacks run. Unset means threads, or virtual when
 * spring.threads.virtual.enabled is set and Java is 21 or later.
 * @param timeout How long a kept-alive HTTP connection may be idle. Fills
 * server.netty.idle-timeout. 0 means for ever.
 * @param pingInterval How long a WebSocket or SSE connection is silent before it is
 * pinged. A WebSocket that leaves a ping unanswered is closed. 0 means never.
 * @param maxMessageSize Size of the largest message that a client may send. A larger one
 * closes the connection with 1009.
 * @param upgradeTimeout How long deciding an upgrade may take, until the answer is 503.
 * @param onHandlerError What an exception in a callback other than onOpen does to the
 * connection, which closes with 1011 if told so.
 * @param allowedOrigins Origins whose pages may open WebSockets and event streams, such
 * as https://example.com. Empty means the same origin only, "*" any.
 * @param shutdown Going away.
 * @param outbox What is written to a connection and not yet sent.
 * @param inbox What a connection received and its handler has not yet seen.
 * @param pubsub Publish and subscribe.
 * @param tls Encryption of the web server's port.
 */
@ConfigurationProperties("iodine")
public record IodineProperties(@DefaultValue("true") boolean enabled, @DefaultValue("0") int workers,
		@DefaultValue("0") int threads, @Nullable Callbacks callbacks, @DefaultValue("40s") Duration timeout,
		@DefaultValue("40s") Duration pingInterval, @DefaultValue("256KB") DataSize maxMessageSize,
		@DefaultValue("30s") Duration upgradeTimeout, @DefaultValue("log") OnHandlerError onHandlerError,
		@DefaultValue List<String> allowedOrigins, @DefaultValue Shutdown shutdown, @DefaultValue Outbox outbox,
		@DefaultValue Inbox inbox, @DefaultValue Pubsub pubsub, @DefaultValue Tls tls) {

	public IodineProperties {
		InvalidIodinePropertyException.unless(workers >= Concurrency.MIN && workers <= Concurrency.MAX_WORKERS,
				"iodine.workers", workers, "a number from -1024 to 1024, where 0 means one event loop for each core");
		InvalidIodinePropertyException.unless(threads >= Concurrency.MIN && threads <= Concurrency.MAX_THREADS,
				"iodine.threads", threads, "a number from -1024 to 32767, where 0 means ten threads for each core");
		InvalidIodinePropertyException.unless(
				callbacks != Callbacks.VIRTUAL
						|| JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE),
				"iodine.callbacks", "virtual", "threads or event-loop, or run on Java 21 or later");
		zeroOrMore("iodine.timeout", timeout);
		zeroOrMore("iodine.ping-interval", pingInterval);
		positive("iodine.max-message-size", maxMessageSize.toBytes());
		InvalidIodinePropertyException.unless(upgradeTimeout.compareTo(Duration.ZERO) > 0, "iodine.upgrade-timeout",
				upgradeTimeout, "a time above 0, such as 30s");
		allowedOrigins = List.copyOf(allowedOrigins);
	}

	Concurrency concurrency() {
		return Concurrency.of(this.workers, this.threads, Runtime.getRuntime().availableProcessors());
	}

	/** Where callbacks run. */
	public enum Callbacks {

		/** On a pool of threads. */
		THREADS,

		/** On virtual threads. */
		VIRTUAL,

		/** On the event loop of their connection, which they must not block. */
		EVENT_LOOP

	}

	/** What an exception in a callback does to its connection. */
	public enum OnHandlerError {

		/** It is logged, and the connection stays. */
		LOG,

		/** It is logged, and the connection is closed with 1011. */
		CLOSE

	}

	/**
	 * Going away.
	 *
	 * @param timeout How long connections get to say goodbye and to send what was written
	 * when the application stops. spring.lifecycle.timeout-per-shutdown-phase should be
	 * at least as long.
	 */
	public record Shutdown(@DefaultValue("10s") Duration timeout) {

		public Shutdown {
			zeroOrMore("iodine.shutdown.timeout", timeout);
		}

	}

	/**
	 * What is written to a connection and not yet sent.
	 *
	 * @param maxMessages Number of messages that may wait for one connection.
	 * @param maxBytes Size of the messages that may wait for one connection.
	 */
	public record Outbox(@DefaultValue("1024") int maxMessages, @DefaultValue("1MB") DataSize maxBytes) {

		public Outbox {
			positive("iodine.outbox.max-messages", maxMessages);
			positive("iodine.outbox.max-bytes", maxBytes.toBytes());
		}

	}

	/**
	 * What a connection received and its handler has not yet seen.
	 *
	 * @param maxMessages Number of unhandled messages of one connection at which reading
	 * from it pauses.
	 */
	public record Inbox(@DefaultValue("64") int maxMessages) {

		public Inbox {
			positive("iodine.inbox.max-messages", maxMessages);
		}

	}

	/**
	 * Publish and subscribe.
	 *
	 * @param maxChannelLength How many characters the name of a channel, or a pattern,
	 * may have.
	 * @param listener Listeners, as opposed to clients that are written to directly.
	 */
	public record Pubsub(@DefaultValue("1024") int maxChannelLength, @DefaultValue Listener listener) {

		public Pubsub {
			positive("iodine.pubsub.max-channel-length", maxChannelLength);
		}

		/**
		 * Listeners, as opposed to clients that are written to directly.
		 *
		 * @param maxPending How many messages may wait for one listener. Over it, a
		 * listener of the PubSub bean loses the newest, and to a listener of a connection
		 * the overflow policy of that connection applies.
		 */
		public record Listener(@DefaultValue("1024") int maxPending) {

			public Listener {
				positive("iodine.pubsub.listener.max-pending", maxPending);
			}

		}

	}

	/**
	 * Encryption of the web server's port, TLS 1.2 and 1.3 only. Fills server.ssl.
	 *
	 * @param enabled Whether connections are encrypted. Unset means when a certificate or
	 * a bundle is named. Alone it means a self-signed certificate, for development.
	 * @param certificate Location of the certificate chain, PEM, the server's own
	 * certificate first.
	 * @param privateKey Location of the certificate's private key, PEM.
	 * @param privateKeyPassword Password of an encrypted private key.
	 * @param trustCertificate Location of the certificates, PEM, one of which must have
	 * signed a client's. Makes client certificates required.
	 * @param bundle Name of the bundle of spring.ssl.bundle to use instead of certificate
	 * and private key.
	 */
	public record Tls(@Nullable Boolean enabled, @Nullable String certificate, @Nullable String privateKey,
			@Nullable String privateKeyPassword, @Nullable String trustCertificate, @Nullable String bundle) {

	}

	private static void zeroOrMore(String property, Duration value) {
		InvalidIodinePropertyException.unless(!value.isNegative(), property, value, "a time of 0 or more, such as 40s");
	}

	private static void positive(String property, long value) {
		InvalidIodinePropertyException.unless(value >= 1 && value <= Integer.MAX_VALUE, property, value,
				"a number from 1 to " + Integer.MAX_VALUE);
	}

}
