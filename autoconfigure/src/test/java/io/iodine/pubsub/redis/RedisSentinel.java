package io.iodine.pubsub.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisURI;

/** A real master with a replica, and a Sentinel that promotes it. */
public final class RedisSentinel implements AutoCloseable {

	private static final String NAME = "iodine";

	private final RedisServer master = RedisServer.start("--repl-diskless-sync-delay", "0");

	private final RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1 " + this.master.port());

	private final int port = RedisServer.freePort();

	private final Path configuration;

	private final Process process;

	private RedisSentinel() {
		RedisNode.awaitTrue("the replica follows",
				() -> this.replica.cli("INFO", "replication").contains("master_link_status:up"));
		try {
			this.configuration = Files.createTempFile("sentinel", ".conf");
			Files.write(this.configuration,
					List.of("port " + this.port, "bind 127.0.0.1",
							"sentinel monitor " + NAME + " 127.0.0.1 " + this.master.port() + " 1",
							"sentinel down-after-milliseconds " + NAME + " 500",
							"sentinel failover-timeout " + NAME + " 5000"));
			this.process = new ProcessBuilder("redis-server", this.configuration.toString(), "--sentinel")
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		RedisNode.awaitTrue("the Sentinel knows the replica",
				() -> RedisServer
					.output(List.of("redis-cli", "-p", Integer.toString(this.port), "SENTINEL", "REPLICAS", NAME))
					.contains(Integer.toString(this.replica.port())));
	}

	/**
	 * Starts all three, and waits until they know each other.
	 * @return the Sentinel
	 */
	public static RedisSentinel start() {
		return new RedisSentinel();
	}

	RedisServer master() {
		return this.master;
	}

	RedisServer replica() {
		return this.replica;
	}

	RedisURI uri() {
		return RedisURI.Builder.sentinel("127.0.0.1", this.port, NAME).build();
	}

	/** What {@code spring.data.redis.sentinel.nodes} says. */
	public String node() {
		return "127.0.0.1:" + this.port;
	}

	/** What {@code spring.data.redis.sentinel.master} says. */
	public String name() {
		return NAME;
	}

	@Override
	public void close() {
		try {
			this.process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
			this.master.close();
			this.replica.close();
			Files.delete(this.configuration);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
