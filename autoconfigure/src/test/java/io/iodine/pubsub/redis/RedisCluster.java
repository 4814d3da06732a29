package io.iodine.pubsub.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;

import org.springframework.util.FileSystemUtils;

/** A real Redis Cluster of processes on free ports of the loopback. */
public final class RedisCluster implements AutoCloseable {

	private static final int SLOTS = 16_384;

	private final List<RedisServer> servers = new ArrayList<>();

	private final List<Path> folders = new ArrayList<>();

	private RedisCluster() {
	}

	/**
	 * Starts servers, and waits until they agree.
	 * @param masters how many of them have slots
	 * @param replicas how many masters, from the first, have a replica
	 * @return the cluster
	 */
	public static RedisCluster start(int masters, int replicas) {
		RedisCluster cluster = new RedisCluster();
		for (int i = 0; i < masters + replicas; i++) {
			cluster.launch();
		}
		for (int i = 0; i < masters; i++) {
			cluster.servers.get(i)
				.cli("CLUSTER", "ADDSLOTSRANGE", Integer.toString(i * SLOTS / masters),
						Integer.toString((i + 1) * SLOTS / masters - 1));
		}
		for (int i = 0; i < replicas; i++) {
			String master = cluster.servers.get(i).cli("CLUSTER", "MYID");
			RedisServer replica = cluster.servers.get(masters + i);
			RedisNode.awaitTrue("the replica knows its master",
					() -> replica.cli("CLUSTER", "REPLICATE", master).equals("OK"));
		}
		cluster.awaitAgreement(replicas);
		return cluster;
	}

	private void launch() {
		try {
			Path folder = Files.createTempDirectory("redis-cluster");
			this.folders.add(folder);
			int bus = RedisServer.freePort();
			RedisServer server = RedisServer.start("--cluster-enabled", "yes", "--cluster-port", Integer.toString(bus),
					"--cluster-node-timeout", "1000", "--dir", folder.toString(), "--repl-diskless-sync-delay", "0");
			if (!this.servers.isEmpty()) {
				this.servers.get(0)
					.cli("CLUSTER", "MEET", "127.0.0.1", Integer.toString(server.port()), Integer.toString(bus));
			}
			this.servers.add(server);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void awaitAgreement(int replicas) {
		for (RedisServer server : this.servers) {
			RedisNode.awaitTrue("the cluster agrees", () -> {
				List<String> lines = server.cli("CLUSTER", "NODES").lines().toList();
				return server.cli("CLUSTER", "INFO").contains("cluster_state:ok") && lines.size() == this.servers.size()
						&& lines.stream().noneMatch((line) -> line.contains("handshake"))
						&& lines.stream().filter((line) -> line.contains("slave")).count() == replicas;
			});
		}
		for (RedisServer server : this.servers.subList(this.servers.size() - replicas, this.servers.size())) {
			RedisNode.awaitTrue("the replica follows",
					() -> server.cli("INFO", "replication").contains("master_link_status:up"));
		}
	}

	/** The server that has a key's slot now. */
	RedisServer ownerOf(String key) {
		int slot = Integer.parseInt(this.servers.get(0).cli("CLUSTER", "KEYSLOT", key));
		for (RedisServer server : this.servers) {
			String[] slots = server.cli("CLUSTER", "NODES")
				.lines()
				.filter((line) -> line.contains("myself,master"))
				.flatMap((line) -> Arrays.stream(line.split(" ")).skip(8))
				.toArray(String[]::new);
			for (String range : slots) {
				int dash = range.indexOf('-');
				int first = Integer.parseInt((dash < 0) ? range : range.substring(0, dash));
				if (first <= slot && slot <= Integer.parseInt(range.substring(dash + 1))) {
					return server;
				}
			}
		}
		throw new IllegalStateException("nobody has slot " + slot);
	}

	List<RedisServer> servers() {
		return this.servers;
	}

	/** What {@code spring.data.redis.cluster.nodes} says. */
	public String nodes() {
		return this.servers.stream().map((server) -> "127.0.0.1:" + server.port()).collect(Collectors.joining(","));
	}

	/** A client that knows all servers. */
	RedisClusterClient client() {
		return RedisClusterClient.create(IntStream.range(0, this.servers.size())
			.mapToObj((i) -> RedisURI.create("127.0.0.1", this.servers.get(i).port()))
			.toList());
	}

	@Override
	public void close() {
		this.servers.forEach(RedisServer::close);
		for (Path folder : this.folders) {
			try {
				FileSystemUtils.deleteRecursively(folder);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

}
