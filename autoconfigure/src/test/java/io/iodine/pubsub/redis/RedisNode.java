package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.iodine.MessageListener;
import io.iodine.PubSubEngine;
import io.iodine.PubSubGap;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.PubSubLimits;
import io.iodine.pubsub.PubSubObserver;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What one application process has: pub/sub with Redis as its engine, and a record of
 * what was heard.
 */
public final class RedisNode implements AutoCloseable {

	final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	final Queue<PubSubGap> gaps = new ConcurrentLinkedQueue<>();

	final AtomicInteger lost = new AtomicInteger();

	final ChannelPubSub pubSub;

	final RedisEngine engine;

	private final AbstractRedisClient client;

	/** A node of the Redis on a port of this machine. */
	static RedisNode at(int port) {
		return new RedisNode(RedisURI.create("127.0.0.1", port), RedisSettings.DEFAULTS);
	}

	RedisNode(RedisServer server, RedisSettings settings) {
		this(RedisURI.create("127.0.0.1", server.port()), settings);
	}

	RedisNode(RedisURI uri, RedisSettings settings) {
		this(uri, settings, HistorySettings.NONE);
	}

	RedisNode(RedisURI uri, RedisSettings settings, HistorySettings history) {
		this(RedisClient.create(uri), settings, history);
	}

	RedisNode(AbstractRedisClient client, RedisSettings settings, HistorySettings history) {
		this.client = client;
		PubSubObserver observer = new PubSubObserver() {

			@Override
			public void engineMessageLost(PubSubEngine engine) {
				RedisNode.this.lost.incrementAndGet();
			}

		};
		this.pubSub = new ChannelPubSub(PubSubLimits.DEFAULTS, history, Runnable::run, (value) -> new byte[0],
				observer);
		this.engine = RedisEngine.over(settings, history, () -> client, "the test's Redis", this.pubSub, observer,
				this.gaps::add);
		this.pubSub.keepHistoryIn(this.engine);
		this.pubSub.defaultEngine(this.engine);
		this.engine.start();
	}

	/**
	 * Hears a channel or a pattern, until the answer runs; the engine is told of both.
	 */
	Runnable hear(String channel, boolean pattern, MessageListener listener) {
		Runnable end = this.pubSub.subscribeDirect(channel, pattern, listener);
		this.pubSub.tellEngines();
		return () -> {
			end.run();
			this.pubSub.tellEngines();
		};
	}

	/** Hears a channel, and returns when Redis knows. */
	void subscribe(String channel) {
		hear(channel, false, (from, message) -> this.heard.add(from + " " + message.asText()));
		awaitConfirmed();
	}

	void subscribePattern(String glob) {
		hear(glob, true, (from, message) -> this.heard.add(glob + " " + from + " " + message.asText()));
		awaitConfirmed();
	}

	void awaitConfirmed() {
		awaitTrue("everything subscribed is confirmed", () -> this.engine.unconfirmed() == 0);
	}

	void awaitUp() {
		awaitTrue("Redis is up", () -> this.engine.status().up());
	}

	void awaitDown() {
		awaitTrue("Redis is down", () -> !this.engine.status().up());
	}

	String next() throws InterruptedException {
		String next = this.heard.poll(20, TimeUnit.SECONDS);
		assertThat(next).as("nothing was heard in 20 s").isNotNull();
		return next;
	}

	List<String> next(int count) throws InterruptedException {
		String[] all = new String[count];
		for (int i = 0; i < count; i++) {
			all[i] = next();
		}
		return List.of(all);
	}

	public static void awaitTrue(String what, BooleanSupplier condition) {
		long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).as("%s, waited 30 s", what).isLessThan(deadline);
			Thread.onSpinWait();
		}
	}

	@Override
	public void close() {
		this.engine.close();
		this.client.shutdown(0, 1, TimeUnit.SECONDS);
	}

}
