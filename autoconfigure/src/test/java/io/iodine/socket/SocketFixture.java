package io.iodine.socket;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.iodine.MessageListener;
import io.iodine.Overflow;
import io.iodine.connection.ConnectionObserver;
import io.iodine.connection.ConnectionSettings;
import io.iodine.connection.Connections;
import io.iodine.connection.DrainSettings;
import io.iodine.connection.fanout.FanoutSource;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.net.ActiveListener;
import io.iodine.net.Listener;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.PubSubLimits;
import io.iodine.pubsub.PubSubObserver;

/** Sockets and their connections, without Spring. */
final class SocketFixture implements AutoCloseable {

	static final int MAX_MESSAGE = 64 * 1024;

	final ExecutorService callbacks = Executors.newCachedThreadPool();

	final ChannelPubSub pubSub = new ChannelPubSub(new PubSubLimits(1024, 1024, 1 << 20), this.callbacks,
			(value) -> new byte[0], new PubSubObserver() {
			});

	final Connections connections;

	final SocketTransport transport;

	final TlsContexts tls = new NoTls();

	final SocketListeners listeners;

	SocketFixture() {
		this(SocketTransport.create(2));
	}

	SocketFixture(SocketTransport transport) {
		this.transport = transport;
		this.connections = new Connections(settings(), this.callbacks, this.pubSub, new Feed(this.pubSub),
				(value) -> new byte[0], new ConnectionObserver() {
				});
		this.listeners = new SocketListeners(this.connections, this.tls, PreopenedSockets.NONE, ListenerObserver.NONE);
		this.listeners.start(this.transport);
	}

	ActiveListener listen(Listener listener) {
		return this.listeners.add(listener);
	}

	void drain() {
		this.connections
			.drain(new DrainSettings(Duration.ofSeconds(10), 1000, Duration.ZERO, Duration.ZERO, Duration.ZERO))
			.toCompletableFuture()
			.join();
	}

	@Override
	public void close() {
		this.listeners.stop();
		drain();
		this.transport.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
		this.callbacks.shutdownNow();
	}

	private static ConnectionSettings settings() {
		return new ConnectionSettings(MAX_MESSAGE, 64, 1 << 20, 1024, 1 << 20, Overflow.CLOSE, 1024, 1 << 20, 1024,
				Duration.ofSeconds(40), Duration.ofSeconds(10), Duration.ofSeconds(5), false, CompressionSettings.NONE,
				AdmissionLimits.NONE);
	}

	/** Has no keys. */
	static class NoTls implements TlsContexts {

		@Override
		public Server server(Listener listener) {
			throw new IllegalArgumentException("no TLS here");
		}

		@Override
		public Client client(Optional<String> bundle) {
			throw new IllegalArgumentException("no TLS here");
		}

	}

	/**
	 * The channels of this process.
	 *
	 * @param pubSub pub/sub
	 */
	private record Feed(ChannelPubSub pubSub) implements FanoutSource {

		@Override
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
			return this.pubSub.subscribeDirect(channel, pattern, listener);
		}

		@Override
		public void notifyEngines() {
			this.pubSub.tellEngines();
		}

	}

}
