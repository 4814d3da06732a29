package io.iodine.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.iodine.Overflow;
import io.iodine.connection.DrainSettings;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.upgrade.Origins;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.PresenceSettings;
import io.iodine.pubsub.redis.OutagePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.system.JavaVersion;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code iodine.*}, each with its default and its unit.
 *
 * @param enabled Whether anything of iodine is configured.
 * @param workers Number of event loops, which serve the sockets, from -1024 to 1024. 0
 * means one for each core, a negative number the cores divided by it, at least 1.
 * @param transport What the event loops of the web server wait with. Anything but auto
 * and nio fails the start where its library is missing.
 * @param threads Maximum number of platform threads that run callbacks, started on
 * demand, from -1024 to 32767. 0 means ten for each core, at least 256, a negative number
 * the cores divided by it, at least 1. Any number but 0 asks for platform threads.
 * @param callbacks Where callbacks run. Unset means virtual on Java 21 or later, unless
 * iodine.threads or spring.threads.virtual.enabled=false asks for platform threads, and
 * threads otherwise.
 * @param timeout How long a kept-alive HTTP connection may be idle, unless
 * server.netty.idle-timeout says it. 0 means for ever.
 * @param pingInterval How long a WebSocket or SSE connection is silent before it is
 * pinged. A WebSocket that leaves a ping unanswered is closed. 0 means never.
 * @param pingTimeout How long a ping may go unanswered until the connection is cut off.
 * @param closeTimeout How long a client may take to let go after a close until it is cut
 * off.
 * @param maxMessageSize Size of the largest message that a client may send. A larger one
 * closes the connection with 1009.
 * @param upgradeTimeout How long deciding an upgrade may take, until the answer is 503.
 * @param onHandlerError What an exception in a callback other than onOpen does to the
 * connection, which closes with 1011 if told so.
 * @param allowedOrigins Origins whose pages may open WebSockets and event streams, such
 * as https://example.com, or https://*.example.com, besides the application's own origin.
 * "*" means any.
 * @param allowCredentials Whether such pages may open event streams with cookies.
 * @param shutdown Graceful shutdown.
 * @param connections How many connections may be open.
 * @param rate How fast clients may send.
 * @param sendQueue What is written to a connection and not yet sent.
 * @param receiveQueue What a connection received and its handler has not yet seen.
 * @param compression Compression of WebSocket messages, by permessage-deflate.
 * @param pubsub Publish and subscribe.
 * @param redis The Redis that carries messages between processes.
 * @param tls Encryption of the web server's port.
 * @param publicFolder Alias of iodine.static.root, which wins over it.
 * @param staticFiles Files that are served ahead of the application.
 * @param http What the HTTP/1.1 side of the server lets through.
 * @param accessLog A line for each request, upgrade and end of a connection.
 * @param environmentVariables The variables PORT, THREADS, WORKERS and WEB_CONCURRENCY.
 * @param commandLine The flags of the command line, such as -p 8080.
 * @param unknownProperties Properties below iodine that are set but do not exist.
 * @param pidFile Path of the file with the process id of the application, or of the
 * cluster's master, while it runs. A path that ends with a slash is the directory of
 * iodine.pid. Unset means none.
 */
@ConfigurationProperties("iodine")
record IodineProperties(@DefaultValue("true") boolean enabled, @DefaultValue("0") int workers,
		@DefaultValue("auto") Transport transport, @DefaultValue("0") int threads, @Nullable Callbacks callbacks,
		@DefaultValue("75s") Duration timeout, @DefaultValue("40s") Duration pingInterval,
		@DefaultValue("10s") Duration pingTimeout, @DefaultValue("5s") Duration closeTimeout,
		@DefaultValue("256KB") DataSize maxMessageSize, @DefaultValue("30s") Duration upgradeTimeout,
		@DefaultValue("log") OnHandlerError onHandlerError, @DefaultValue List<String> allowedOrigins,
		@DefaultValue("false") boolean allowCredentials, @DefaultValue Shutdown shutdown,
		@DefaultValue Connections connections, @DefaultValue Rate rate, @DefaultValue SendQueue sendQueue,
		@DefaultValue ReceiveQueue receiveQueue, @DefaultValue Compression compression, @DefaultValue Pubsub pubsub,
		@DefaultValue Redis redis, @DefaultValue Tls tls, @Name("public") @Nullable String publicFolder,
		@Name("static") @DefaultValue Static staticFiles, @DefaultValue Http http, @DefaultValue AccessLog accessLog,
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
		zeroOrMore("iodine.timeout", timeout);
		zeroOrMore("iodine.ping-interval", pingInterval);
		aboveZero("iodine.ping-timeout", pingTimeout);
		aboveZero("iodine.close-timeout", closeTimeout);
		positive("iodine.max-message-size", maxMessageSize.toBytes());
		aboveZero("iodine.upgrade-timeout", upgradeTimeout);
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
	 * Graceful shutdown.
	 *
	 * @param timeout Time for connections to close and to send what was written, and
	 * background work to finish, when the application stops.
	 * spring.lifecycle.timeout-per-shutdown-phase should be at least as long as this and
	 * the readiness delay together.
	 * @param readinessDelay How long connections are still taken and served as usual
	 * after the readiness has gone down, for load balancers to notice.
	 * @param batchSize Number of connections that are closed at once. More if the last
	 * would have to wait for longer than half the timeout.
	 * @param batchInterval Time between two such batches. 0 means that all are closed at
	 * once.
	 * @param retry After what time the client of an event stream is told to come back.
	 * @param retryJitter How much longer than that at most, at random for each client. 0
	 * for both means that it is told nothing.
	 * @param includeStreams Whether the application's own event streams are ended as
	 * well, which otherwise keep the web server waiting.
	 */
	public record Shutdown(@DefaultValue("10s") Duration timeout, @DefaultValue("0s") Duration readinessDelay,
			@DefaultValue("1000") int batchSize, @DefaultValue("50ms") Duration batchInterval,
			@DefaultValue("1s") Duration retry, @DefaultValue("4s") Duration retryJitter,
			@DefaultValue("false") boolean includeStreams) {

		public Shutdown {
			zeroOrMore("iodine.shutdown.timeout", timeout);
			zeroOrMore("iodine.shutdown.readiness-delay", readinessDelay);
			positive("iodine.shutdown.batch-size", batchSize);
			zeroOrMore("iodine.shutdown.batch-interval", batchInterval);
			upToADay("iodine.shutdown.retry", retry);
			upToADay("iodine.shutdown.retry-jitter", retryJitter);
		}

		DrainSettings settings() {
			return new DrainSettings(this.timeout, this.batchSize, this.batchInterval, this.retry, this.retryJitter);
		}

	}

	/**
	 * How many connections may be open: WebSockets, event streams and raw ones together.
	 *
	 * @param max Number of connections that may be open, over which the answer is 503. 0
	 * means no limit.
	 * @param maxPerAddress Number of connections that one address may have open, over
	 * which the answer is 429. Of IPv6, a network of 64 bits is one address. 0 means no
	 * limit.
	 * @param maxPerPrincipal Number of connections that one authenticated user may have
	 * open, over which the answer is 429. 0 means no limit.
	 * @param maxPerSecond Number of connections that may open in a second, over which the
	 * answer is 429. 0 means no limit.
	 * @param maxSubscriptions Maximum number of channels and patterns that one connection
	 * may subscribe to, over which subscribe answers false.
	 * @param minFreeDescriptors Number of file descriptors to keep free for files and
	 * outgoing connections. While fewer are free, a client that connects to the web
	 * server gets 503 and is disconnected. 0 means none.
	 */
	public record Connections(@DefaultValue("0") int max, @DefaultValue("0") int maxPerAddress,
			@DefaultValue("0") int maxPerPrincipal, @DefaultValue("0") int maxPerSecond,
			@DefaultValue("1024") int maxSubscriptions, @DefaultValue("0") int minFreeDescriptors) {

		public Connections {
			zeroOrMore("iodine.connections.max", max);
			zeroOrMore("iodine.connections.max-per-address", maxPerAddress);
			zeroOrMore("iodine.connections.max-per-principal", maxPerPrincipal);
			zeroOrMore("iodine.connections.max-per-second", maxPerSecond);
			positive("iodine.connections.max-subscriptions", maxSubscriptions);
			zeroOrMore("iodine.connections.min-free-descriptors", minFreeDescriptors);
		}

	}

	/**
	 * How fast clients may send.
	 *
	 * @param messagesPerSecond Number of messages, pings included, that one WebSocket may
	 * send in a second, on average, over which it is closed with 1008. 0 means no limit.
	 * @param burst Number of messages that one WebSocket may send at once. 0 means those
	 * of a second.
	 */
	public record Rate(@DefaultValue("0") int messagesPerSecond, @DefaultValue("0") int burst) {

		public Rate {
			zeroOrMore("iodine.rate.messages-per-second", messagesPerSecond);
			zeroOrMore("iodine.rate.burst", burst);
		}

		int burstOrSecond() {
			return (this.burst > 0) ? this.burst : this.messagesPerSecond;
		}

	}

	/**
	 * What is written to a connection and not yet sent.
	 *
	 * @param maxMessages Number of messages that may wait for one connection.
	 * @param maxSize Size of the messages that may wait for one connection.
	 * @param overflow What happens when a client reads too slowly and reaches one of
	 * these: close, drop-newest, drop-oldest or conflate. A handler may say otherwise.
	 * @param maxTotalSize Size of the messages that may wait for all slow readers
	 * together. Over it, those for whom most waits are closed with 1013. Unset means a
	 * quarter of the maximum heap.
	 */
	public record SendQueue(@DefaultValue("1024") int maxMessages, @DefaultValue("1MB") DataSize maxSize,
			@DefaultValue("close") Overflow overflow, @Nullable DataSize maxTotalSize) {

		public SendQueue {
			overflow = (overflow == Overflow.DEFAULT) ? Overflow.CLOSE : overflow;
			positive("iodine.send-queue.max-messages", maxMessages);
			positive("iodine.send-queue.max-size", maxSize.toBytes());
			aboveZero("iodine.send-queue.max-total-size", maxTotalSize);
		}

		long totalBytes() {
			return (this.maxTotalSize != null) ? this.maxTotalSize.toBytes() : Runtime.getRuntime().maxMemory() / 4;
		}

	}

	/**
	 * What a connection received and its handler has not yet seen.
	 *
	 * @param maxMessages Number of unhandled messages of one connection at which reading
	 * from it pauses.
	 * @param maxSize Size of the unhandled messages of one connection at which reading
	 * from it pauses.
	 * @param maxTotalSize Size of the unhandled messages of all connections together at
	 * which reading from connections that send more pauses. Unset means an eighth of the
	 * maximum heap.
	 */
	public record ReceiveQueue(@DefaultValue("64") int maxMessages, @DefaultValue("1MB") DataSize maxSize,
			@Nullable DataSize maxTotalSize) {

		public ReceiveQueue {
			positive("iodine.receive-queue.max-messages", maxMessages);
			positive("iodine.receive-queue.max-size", maxSize.toBytes());
			aboveZero("iodine.receive-queue.max-total-size", maxTotalSize);
		}

		long totalBytes() {
			return (this.maxTotalSize != null) ? this.maxTotalSize.toBytes() : Runtime.getRuntime().maxMemory() / 8;
		}

	}

	/**
	 * Compression of WebSocket messages, by permessage-deflate.
	 *
	 * @param enabled Whether messages are compressed for clients that offer it.
	 * @param mode Who shares what was compressed. Shared compresses each message once for
	 * all, and takes no memory for a connection. Dedicated compresses for each connection
	 * with what its messages have in common, and takes about 300 KB for one.
	 * @param minSize Size of the smallest message that is compressed.
	 * @param level How hard to try, from 1, the fastest, to 9, the smallest.
	 */
	public record Compression(@DefaultValue("false") boolean enabled,
			@DefaultValue("shared") CompressionSettings.Mode mode, @DefaultValue("256B") DataSize minSize,
			@DefaultValue("6") int level) {

		public Compression {
			InvalidIodinePropertyException.unless(minSize.toBytes() >= 0 && minSize.toBytes() <= Integer.MAX_VALUE,
					"iodine.compression.min-size", minSize, "a size from 0 to 2GB, such as 256B");
			InvalidIodinePropertyException.unless(level >= 1 && level <= 9, "iodine.compression.level", level,
					"a number from 1, the fastest, to 9, the smallest");
		}

		CompressionSettings settings() {
			return new CompressionSettings(this.enabled, this.mode, (int) this.minSize.toBytes(), this.level);
		}

	}

	/**
	 * Publish and subscribe.
	 *
	 * @param maxChannelLength How many characters the name of a channel, or a pattern,
	 * may have.
	 * @param maxMessageSize Maximum size of a message that is published. Publishing a
	 * larger one throws an IllegalArgumentException.
	 * @param listener Listeners, as opposed to clients that are written to directly.
	 * @param fanout The way from channels to the clients of an event loop.
	 * @param engine What carries messages. Unset means redis when iodine.redis.url is
	 * set, or else local.
	 * @param redis The Redis engine.
	 * @param history The last messages of channels, for clients that come back.
	 * @param presence Who is on channels.
	 */
	public record Pubsub(@DefaultValue("1024") int maxChannelLength, @DefaultValue("16MB") DataSize maxMessageSize,
			@DefaultValue Listener listener, @DefaultValue Fanout fanout, @Nullable Engine engine,
			@DefaultValue RedisEngine redis, @DefaultValue History history, @DefaultValue Presence presence) {

		public Pubsub {
			positive("iodine.pubsub.max-channel-length", maxChannelLength);
			positive("iodine.pubsub.max-message-size", maxMessageSize.toBytes());
		}

		/**
		 * The last messages of channels, for clients that come back. In Redis when it is
		 * the engine, or else in memory.
		 *
		 * @param channels Patterns of the channels that have a history, such as "chat*".
		 * @param size How many messages of a channel are kept.
		 * @param timeToLive How long a message is kept.
		 * @param maxChannels How many channels' histories are kept in memory. Over it,
		 * the one unused longest is forgotten.
		 * @param maxMemorySize Size of the histories of all channels in memory. Over it,
		 * those unused longest are forgotten.
		 * @param maxChannelSize Size of the history of a channel in memory. Over it, the
		 * oldest messages are forgotten.
		 */
		public record History(@DefaultValue List<String> channels, @DefaultValue("100") int size,
				@DefaultValue("5m") Duration timeToLive, @DefaultValue("10000") int maxChannels,
				@DefaultValue("64MB") DataSize maxMemorySize, @DefaultValue("4MB") DataSize maxChannelSize) {

			public History {
				positive("iodine.pubsub.history.size", size);
				positive("iodine.pubsub.history.max-channels", maxChannels);
				InvalidIodinePropertyException.unless(timeToLive.toMillis() > 0, "iodine.pubsub.history.time-to-live",
						timeToLive, "a time above 0, such as 5m");
				aboveZero("iodine.pubsub.history.max-memory-size", maxMemorySize);
				aboveZero("iodine.pubsub.history.max-channel-size", maxChannelSize);
				channels.forEach((glob) -> InvalidIodinePropertyException.unless(HistorySettings.isPattern(glob),
						"iodine.pubsub.history.channels", glob,
						"patterns such as chat* or [ab]*, with every bracket closed"));
				channels = List.copyOf(channels);
			}

			HistorySettings settings() {
				return new HistorySettings(this.channels, this.size, this.timeToLive, this.maxChannels,
						this.maxMemorySize.toBytes(), this.maxChannelSize.toBytes());
			}

		}

		/**
		 * Who is on channels, in all processes.
		 *
		 * @param timeToLive How long the members of a process that crashed are still
		 * there. A process says three times as often who is there.
		 * @param damping How long a member is away before it has left. Also how often
		 * processes look who is there elsewhere, at most every 5s and at least every
		 * 100ms.
		 * @param maxMembers How many members of channels may join in this process. Over
		 * it, joining fails.
		 * @param maxDataSize Size of the data, as JSON, that a member may join with. Over
		 * it, joining fails.
		 */
		public record Presence(@DefaultValue("30s") Duration timeToLive, @DefaultValue("2s") Duration damping,
				@DefaultValue("100000") int maxMembers, @DefaultValue("4KB") DataSize maxDataSize) {

			public Presence {
				InvalidIodinePropertyException.unless(timeToLive.toMillis() >= 100,
						"iodine.pubsub.presence.time-to-live", timeToLive, "a time from 100ms, such as 30s");
				zeroOrMore("iodine.pubsub.presence.damping", damping);
				positive("iodine.pubsub.presence.max-members", maxMembers);
				positive("iodine.pubsub.presence.max-data-size", maxDataSize.toBytes());
			}

			PresenceSettings settings() {
				return new PresenceSettings(this.timeToLive, this.damping, this.maxMembers,
						(int) this.maxDataSize.toBytes());
			}

		}

		/** What carries messages. */
		public enum Engine {

			/** Nothing: they stay in this process. */
			LOCAL,

			/** Redis. */
			REDIS

		}

		/**
		 * The Redis engine.
		 *
		 * @param url URL of the Redis server, as iodine.redis.url, which is its short
		 * form.
		 * @param prefix What stands before every channel's name in Redis, so that
		 * applications can share one.
		 * @param whileDown What becomes of messages that are published while Redis is
		 * away.
		 * @param maxPending How many messages may wait for Redis, those sent and not yet
		 * confirmed included. Over it, publishing is refused.
		 * @param maxPendingSize Size of the messages that may wait for Redis. Over it,
		 * publishing is refused.
		 * @param pingInterval How often the connections to Redis are pinged. A ping that
		 * is not answered until the next is a lost connection.
		 * @param partitions Into how many partitions channels are parted for the sharded
		 * pub/sub of a Redis Cluster, such as 64; the same in all processes. 0 means
		 * classic pub/sub, which a cluster broadcasts to all of its servers.
		 */
		public record RedisEngine(@Nullable String url, @DefaultValue("") String prefix,
				@DefaultValue("local") OutagePolicy whileDown, @DefaultValue("65536") int maxPending,
				@DefaultValue("64MB") DataSize maxPendingSize, @DefaultValue("5s") Duration pingInterval,
				@DefaultValue("0") int partitions) {

			public RedisEngine {
				positive("iodine.pubsub.redis.max-pending", maxPending);
				InvalidIodinePropertyException.unless(maxPendingSize.toBytes() > 0,
						"iodine.pubsub.redis.max-pending-size", maxPendingSize, "a size above 0, such as 64MB");
				InvalidIodinePropertyException.unless(pingInterval.toMillis() > 0, "iodine.pubsub.redis.ping-interval",
						pingInterval, "a time above 0, such as 5s");
				InvalidIodinePropertyException.unless(partitions >= 0 && partitions <= 16_384,
						"iodine.pubsub.redis.partitions", partitions, "a number from 0 to 16384");
			}

		}

		/**
		 * Listeners, as opposed to clients that are written to directly.
		 *
		 * @param maxPending How many messages may wait for one listener. Over it, a
		 * listener of the PubSub bean loses the newest, and to a listener of a connection
		 * the overflow policy of that connection applies. As many tasks of a connection
		 * may be deferred.
		 */
		public record Listener(@DefaultValue("1024") int maxPending) {

			public Listener {
				positive("iodine.pubsub.listener.max-pending", maxPending);
			}

		}

		/**
		 * The way from channels to the clients of an event loop.
		 *
		 * @param maxPending Size of the messages that may wait for one event loop. Over
		 * it, the newest is lost to the clients of that loop.
		 */
		public record Fanout(@DefaultValue("64MB") DataSize maxPending) {

			public Fanout {
				positive("iodine.pubsub.fanout.max-pending", maxPending.toBytes());
			}

		}

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

		/** Whether certificates are to be read or made, as opposed to a bundle named. */
		boolean bringsKeys() {
			return this.bundle == null && isWanted();
		}

		boolean isWanted() {
			return (this.enabled != null) ? this.enabled : isDescribed();
		}

		/** Whether more is said than that it is on or off. */
		boolean isDescribed() {
			return this.certificate != null || this.privateKey != null || this.trustCertificate != null
					|| this.bundle != null;
		}

	}

	/**
	 * Files that are served ahead of the application: public, since no filter, no Spring
	 * Security and no CORS rule ever sees a request for one.
	 *
	 * @param root Directory of the files, such as ./public, ~/www or classpath:/static/.
	 * Unset means that no public files are served.
	 * @param path Path that the root is mapped to, &#47;** or &#47;some/path/**.
	 * @param sendFileRoot Directory below which a response may name a file in X-Sendfile
	 * or X-Accel-Redirect. Unset means that these headers have no meaning.
	 * @param followSymlinks Whether symbolic links may lead out of a root.
	 * @param htmlSuffix Whether &#47;about finds about.html.
	 * @param singlePage Path patterns, such as &#47;app/**, where a navigation that finds
	 * no file gets the root's index.html instead of the application's answer.
	 * @param headers Headers that are added to each file.
	 * @param mediaTypes Media types by file name extension, ahead of the known ones.
	 * @param maxAge How long caches may keep a file without asking again.
	 * @param cacheControl Cache-Control by path pattern, ahead of max-age and
	 * fingerprint. The first pattern that matches wins.
	 * @param fingerprint Regular expression of the names of files that never change,
	 * which caches may keep for a year.
	 * @param cacheSize Size of all files that are kept ready in memory.
	 * @param cacheFileSize Size of the largest file that is kept ready in memory.
	 * @param stallTimeout How long a download may stand still until it is cut.
	 * @param threads Number of threads that touch the disk. 0 means two for each core, at
	 * least 4.
	 * @param maxPending Number of look-ups that may wait for these threads. Over it the
	 * answer is 503.
	 * @param errorPages Whether a page of the root, such as 404.html, takes the place of
	 * what the application answers to an error of that status, for clients that take
	 * HTML.
	 */
	public record Static(@Nullable String root, @DefaultValue("/**") String path, @Nullable String sendFileRoot,
			@DefaultValue("false") boolean followSymlinks, @DefaultValue("false") boolean htmlSuffix,
			@DefaultValue List<String> singlePage, @DefaultValue Map<String, String> headers,
			@DefaultValue Map<String, String> mediaTypes, @DefaultValue("1h") Duration maxAge,
			@DefaultValue Map<String, String> cacheControl,
			@DefaultValue(".*[.-](?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\\.[\\w.]+") Pattern fingerprint,
			@DefaultValue("32MB") DataSize cacheSize, @DefaultValue("256KB") DataSize cacheFileSize,
			@DefaultValue("60s") Duration stallTimeout, @DefaultValue("0") int threads,
			@DefaultValue("1024") int maxPending, @DefaultValue("true") boolean errorPages) {

		public Static {
			zeroOrMore("iodine.static.max-age", maxAge);
			InvalidIodinePropertyException.unless(path.matches("(/[^/*{?%\\\\]+)*/?(\\*\\*)?"), "iodine.static.path",
					path, "/** or a path that ends with it, such as /assets/**");
			InvalidIodinePropertyException.unless(!cacheSize.isNegative(), "iodine.static.cache-size", cacheSize,
					"a size of 0 or more, such as 32MB");
			InvalidIodinePropertyException.unless(
					!cacheFileSize.isNegative() && cacheFileSize.toBytes() <= Integer.MAX_VALUE,
					"iodine.static.cache-file-size", cacheFileSize, "a size from 0 to 2047MB, such as 256KB");
			InvalidIodinePropertyException.unless(stallTimeout.compareTo(Duration.ZERO) > 0,
					"iodine.static.stall-timeout", stallTimeout, "a time above 0, such as 60s");
			InvalidIodinePropertyException.unless(threads >= 0 && threads <= Concurrency.MAX_THREADS,
					"iodine.static.threads", threads, "a number from 0 to " + Concurrency.MAX_THREADS);
			positive("iodine.static.max-pending", maxPending);
			singlePage = List.copyOf(singlePage);
			headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
			mediaTypes = Map.copyOf(mediaTypes);
			cacheControl = Collections.unmodifiableMap(new LinkedHashMap<>(cacheControl));
		}

		int diskThreads() {
			return (this.threads > 0) ? this.threads : Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
		}

	}

	/**
	 * What the HTTP side of the server lets through.
	 *
	 * @param enabled Whether requests are checked, and answered with a date.
	 * @param maxRequestLine Longest request line, over which the answer is 414.
	 * server.netty.max-initial-line-length wins over it.
	 * @param maxHeaderLine Longest header line, over which the answer is 431.
	 * @param maxHeaderSize Size of all header lines of a request together, over which the
	 * answer is 431. server.max-http-request-header-size wins over it.
	 * @param maxHeaders Number of header lines of a request, over which the answer is
	 * 431.
	 * @param maxBodySize Size of a request's body, chunked or not, over which the answer
	 * is 413.
	 * @param headerTimeout How long the head of a request may take from its first octet,
	 * until the answer is 408. 0 means for ever.
	 * @param bodyTimeout How often the rate of a request's body is looked at. 0 means
	 * never.
	 * @param minBodyRate Lowest mean rate of a request's body, each second, under which
	 * the answer is 408. Time in which the application doesn't read does not count.
	 * @param writeTimeout How long a client may take nothing of an answer that waits for
	 * it, until the connection is closed, or the stream of HTTP/2 reset. 0 means for
	 * ever.
	 * @param maxConcurrentStreams Number of requests, event streams and WebSockets that
	 * may be open at once on one HTTP/2 connection, over which a stream is refused.
	 * @param maxConnections Maximum number of open sockets of the web server, those of
	 * plain HTTP, WebSockets and event streams together, over which a client gets 503 and
	 * is disconnected. 0 means any number.
	 * @param nonAsciiTargets Whether an HTTP/1.1 request target may hold octets beyond
	 * ASCII, each of which the application reads as a character of Latin-1, as without
	 * iodine. Otherwise the answer is 400.
	 */
	public record Http(@DefaultValue("true") boolean enabled, @DefaultValue("8KB") DataSize maxRequestLine,
			@DefaultValue("8KB") DataSize maxHeaderLine, @DefaultValue("32KB") DataSize maxHeaderSize,
			@DefaultValue("128") int maxHeaders, @DefaultValue("50MB") DataSize maxBodySize,
			@DefaultValue("10s") Duration headerTimeout, @DefaultValue("10s") Duration bodyTimeout,
			@DefaultValue("240B") DataSize minBodyRate, @DefaultValue("30s") Duration writeTimeout,
			@DefaultValue("100") int maxConcurrentStreams, @DefaultValue("0") int maxConnections,
			@DefaultValue("false") boolean nonAsciiTargets) {

		public Http {
			positive("iodine.http.max-request-line", maxRequestLine.toBytes());
			positive("iodine.http.max-header-line", maxHeaderLine.toBytes());
			positive("iodine.http.max-header-size", maxHeaderSize.toBytes());
			positive("iodine.http.max-headers", maxHeaders);
			InvalidIodinePropertyException.unless(maxBodySize.toBytes() >= 0, "iodine.http.max-body-size", maxBodySize,
					"a size of 0 or more, such as 50MB");
			zeroOrMore("iodine.http.header-timeout", headerTimeout);
			zeroOrMore("iodine.http.body-timeout", bodyTimeout);
			positive("iodine.http.min-body-rate", minBodyRate.toBytes());
			zeroOrMore("iodine.http.write-timeout", writeTimeout);
			positive("iodine.http.max-concurrent-streams", maxConcurrentStreams);
			InvalidIodinePropertyException.unless(maxConnections >= 0, "iodine.http.max-connections", maxConnections,
					"a number of 0 or more, where 0 means any number of connections");
		}

	}

	/**
	 * A line for each request, upgrade and end of a connection.
	 *
	 * @param enabled Whether requests are logged.
	 * @param format How a line looks.
	 * @param target Where lines go.
	 * @param file Path of the file that lines are added to, for target file.
	 * @param maxPending Number of lines that may wait for a slow disk or terminal. Over
	 * it, new ones are dropped and counted.
	 * @param maskedParameters Names of the query parameters whose values are not shown.
	 * @param maxValueLength Number of characters that a value of a client, such as the
	 * request target or the user agent, may take of a line. What is longer is cut.
	 */
	public record AccessLog(@DefaultValue("false") boolean enabled, @DefaultValue("iodine") Format format,
			@DefaultValue("stdout") Target target, @DefaultValue("access.log") Path file,
			@DefaultValue("8192") int maxPending, @DefaultValue( {
					"access_token", "id_token", "refresh_token", "token", "api_key", "apikey", "password",
					"secret" }) List<String> maskedParameters,
			@DefaultValue("1024") int maxValueLength){

		public AccessLog {
			positive("iodine.access-log.max-pending", maxPending);
			InvalidIodinePropertyException.unless(maxValueLength >= 16 && maxValueLength <= 65_536,
					"iodine.access-log.max-value-length", maxValueLength, "a number from 16 to 65536");
			maskedParameters = List.copyOf(maskedParameters);
		}

		/** How a line looks. */
		public enum Format {

			/** The Common Log Format of the web servers. */
			COMMON,

			/** The same with referrer and user agent. */
			COMBINED,

			/** One JSON object a line. */
			JSON,

			/** Address, time, request, status, size and duration. */
			IODINE

		}

		/** Where lines go. */
		public enum Target {

			/** Standard output. */
			STDOUT,

			/** Standard error. */
			STDERR,

			/** A file. */
			FILE,

			/** The logger iodine.access, at level INFO. */
			LOGGER

		}

	}

	/**
	 * The flags of the command line.
	 *
	 * @param enabled Whether flags such as -p 8080 speak for properties, and an unknown
	 * one fails the start of an application that runs nothing by itself.
	 */
	public record CommandLine(@DefaultValue("true") boolean enabled) {

	}

	/**
	 * Properties below iodine that are set but do not exist.
	 *
	 * @param fail Whether such a property fails the start. A variable of the environment
	 * or a system property is only warned of.
	 */
	public record UnknownProperties(@DefaultValue("true") boolean fail) {

	}

	/**
	 * The variables that platforms set.
	 *
	 * @param enabled Whether PORT, THREADS, WORKERS and WEB_CONCURRENCY speak for
	 * server.port, iodine.threads and iodine.workers where nothing else does.
	 */
	public record EnvironmentVariables(@DefaultValue("true") boolean enabled) {

	}

	private static void zeroOrMore(String property, Duration value) {
		InvalidIodinePropertyException.unless(!value.isNegative(), property, value, "a time of 0 or more, such as 40s");
	}

	private static void upToADay(String property, Duration value) {
		InvalidIodinePropertyException.unless(!value.isNegative() && value.compareTo(Duration.ofDays(1)) <= 0, property,
				value, "a time from 0 to 1d, such as 4s");
	}

	private static void aboveZero(String property, Duration value) {
		InvalidIodinePropertyException.unless(value.compareTo(Duration.ZERO) > 0, property, value,
				"a time above 0, such as 30s");
	}

	private static void aboveZero(String property, @Nullable DataSize value) {
		InvalidIodinePropertyException.unless(value == null || value.toBytes() > 0, property, String.valueOf(value),
				"a size above 0, such as 256MB");
	}

	private static void zeroOrMore(String property, int value) {
		InvalidIodinePropertyException.unless(value >= 0, property, value, "a number of 0 or more");
	}

	private static void positive(String property, long value) {
		InvalidIodinePropertyException.unless(value >= 1 && value <= Integer.MAX_VALUE, property, value,
				"a number from 1 to " + Integer.MAX_VALUE);
	}

}
