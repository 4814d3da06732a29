package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.iodine.upgrade.Origins;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.system.JavaVersion;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code iodine.*}, each with its default and its unit.
 *
 * @param enabled Whether to enable iodine.
 * @param workers Number of event loops that serve the sockets, from -1024 to 1024. 0
 * means one for each core, a negative number the cores divided by it, at least 1.
 * @param transport Transport of the event loops of the web server. A value other than
 * auto and nio fails start-up if its native library is missing.
 * @param threads Maximum number of platform threads that run callbacks, started on
 * demand, from -1024 to 32767. 0 means ten for each core, at least 256, a negative number
 * the cores divided by it, at least 1. Any number but 0 asks for platform threads.
 * @param callbacks Where callbacks run. By default on virtual threads with Java 21 or
 * later, unless iodine.threads or spring.threads.virtual.enabled=false asks for platform
 * threads, and otherwise on platform threads.
 * @param timeout Time that a kept-alive HTTP connection may be idle, unless
 * server.netty.idle-timeout is set. 0 means no limit.
 * @param pingInterval Time without traffic after which a WebSocket or SSE connection is
 * pinged. 0 means never.
 * @param pingTimeout Time within which a client must answer a ping. Otherwise its
 * connection is closed.
 * @param closeTimeout Time within which a client must close the connection after the
 * server has closed it. Otherwise it is closed forcibly.
 * @param maxMessageSize Maximum size of a message that a client sends. A larger one
 * closes the connection with 1009.
 * @param upgradeTimeout Maximum time to decide an upgrade. Over it the response is 503.
 * @param onHandlerError What an exception of a callback other than onOpen does: log only
 * logs it, close also closes the connection with 1011.
 * @param allowedOrigins Comma-separated list of origins whose pages may open WebSockets
 * and event streams, such as https://example.com or https://*.example.com, besides the
 * application's own origin. "*" means any.
 * @param allowCredentials Whether pages of the allowed origins may open event streams
 * with cookies.
 * @param shutdown Graceful shutdown.
 * @param connections How many connections may be open.
 * @param rate How fast clients may send.
 * @param sendQueue What is written to a connection and not yet sent.
 * @param receiveQueue What a connection received and its handler has not yet seen.
 * @param compression Compression of WebSocket messages, by permessage-deflate.
 * @param pubsub Publish and subscribe.
 * @param redis The Redis that carries messages between processes.
 * @param tls Encryption of the web server's port.
 * @param publicFolder Alias of iodine.static.root, which takes precedence.
 * @param staticFiles Files that are served ahead of the application.
 * @param http What the HTTP/1.1 side of the server lets through.
 * @param accessLog A line for each request, upgrade and end of a connection.
 * @param environmentVariables The variables PORT, THREADS, WORKERS and WEB_CONCURRENCY.
 * @param commandLine The flags of the command line, such as -p 8080.
 * @param unknownProperties Properties below iodine that are set but do not exist.
 * @param pidFile Path of the file that contains the process id of the application, or of
 * the cluster's master, while it runs. A path that ends with a slash is the directory of
 * iodine.pid. By default no file is written.
 */
@ConfigurationProperties("iodine")
record IodineProperties(@DefaultValue("true") boolean enabled, @DefaultValue("0") int workers,
		@DefaultValue("auto") Transport transport, @DefaultValue("0") int threads, @Nullable Callbacks callbacks,
		@DefaultValue("75s") Duration timeout, @DefaultValue("40s") Duration pingInterval,
		@DefaultValue("10s") Duration pingTimeout, @DefaultValue("5s") Duration closeTimeout,
		@DefaultValue("256KB") DataSize maxMessageSize, @DefaultValue("30s") Duration upgradeTimeout,
		@DefaultValue("log") OnHandlerError onHandlerError, @DefaultValue List<String> allowedOrigins,
		@DefaultValue("false") boolean allowCredentials,
		@NestedConfigurationProperty @DefaultValue ShutdownProperties shutdown,
		@NestedConfigurationProperty @DefaultValue ConnectionsProperties connections,
		@NestedConfigurationProperty @DefaultValue RateProperties rate,
		@NestedConfigurationProperty @DefaultValue SendQueueProperties sendQueue,
		@NestedConfigurationProperty @DefaultValue ReceiveQueueProperties receiveQueue,
		@NestedConfigurationProperty @DefaultValue CompressionProperties compression,
		@NestedConfigurationProperty @DefaultValue PubSubProperties pubsub, @DefaultValue Redis redis,
		@NestedConfigurationProperty @DefaultValue TlsProperties tls, @Name("public") @Nullable String publicFolder,
		@Name("static") @NestedConfigurationProperty @DefaultValue StaticProperties staticFiles,
		@NestedConfigurationProperty @DefaultValue HttpProperties http,
		@NestedConfigurationProperty @DefaultValue AccessLogProperties accessLog,
		@DefaultValue EnvironmentVariables environmentVariables, @DefaultValue CommandLine commandLine,
		@DefaultValue UnknownProperties unknownProperties, @Nullable String pidFile) {

	IodineProperties {
		InvalidIodinePropertyException.unless(workers >= Concurrency.MIN && workers <= Concurrency.MAX_WORKERS,
				"iodine.workers", workers, "a number from -1024 to 1024, where 0 means one event loop for each core");
		InvalidIodinePropertyException.unless(threads >= Concurrency.MIN && threads <= Concurrency.MAX_THREADS,
				"iodine.threads", threads, "a number from -1024 to 32767, where 0 means ten threads for each core");
		InvalidIodinePropertyException.unless(
				callbacks != Callbacks.VIRTUAL
						|| JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE),
				"iodine.callbacks", "virtual", "threads or event-loop, or run on Java 21 or later");
		PropertyCheck.zeroOrMore("iodine.timeout", timeout);
		PropertyCheck.zeroOrMore("iodine.ping-interval", pingInterval);
		PropertyCheck.aboveZero("iodine.ping-timeout", pingTimeout);
		PropertyCheck.aboveZero("iodine.close-timeout", closeTimeout);
		PropertyCheck.positive("iodine.max-message-size", maxMessageSize.toBytes());
		PropertyCheck.aboveZero("iodine.upgrade-timeout", upgradeTimeout);
		allowedOrigins = List.copyOf(allowedOrigins);
		allowedOrigins.forEach((origin) -> InvalidIodinePropertyException.unless(Origins.isValid(origin),
				"iodine.allowed-origins", origin,
				"a list of origins with their scheme, such as https://example.com or https://*.example.com, or *"));
	}

	Concurrency concurrency() {
		return Concurrency.of(this.workers, this.threads, Runtime.getRuntime().availableProcessors());
	}

	/** What event loops wait with. */
	public enum Transport {

		/** The best that is there. */
		AUTO,

		/** Linux. */
		EPOLL,

		/** macOS. */
		KQUEUE,

		/** Java's own, on every platform. */
		NIO,

		/** Recent Linux. */
		IO_URING

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
	 * The Redis that carries messages between processes.
	 *
	 * @param url URL of the Redis server, redis://user:password@host:port/database, or
	 * rediss:// for TLS. Makes Redis the engine. Instead of spring.data.redis, not beside
	 * it.
	 */
	public record Redis(@Nullable String url) {

	}

	/**
	 * The flags of the command line.
	 *
	 * @param enabled Whether flags such as -p 8080 set properties. An unknown flag then
	 * fails start-up, unless the application has a runner that may read it.
	 */
	public record CommandLine(@DefaultValue("true") boolean enabled) {

	}

	/**
	 * Properties below iodine that are set but do not exist.
	 *
	 * @param fail Whether a property below iodine that does not exist fails start-up. An
	 * environment variable or a system property only causes a warning.
	 */
	public record UnknownProperties(@DefaultValue("true") boolean fail) {

	}

	/**
	 * The variables that platforms set.
	 *
	 * @param enabled Whether PORT, THREADS, WORKERS and WEB_CONCURRENCY set server.port,
	 * iodine.threads and iodine.workers, unless these are set elsewhere.
	 */
	public record EnvironmentVariables(@DefaultValue("true") boolean enabled) {

	}

}
