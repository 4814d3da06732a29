package io.iodine.pubsub.redis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** An application process with one member on a channel, until it is killed. */
final class JoiningProcess {

	private static final String JOINED = "JOINED";

	private JoiningProcess() {
	}

	/** Starts such a process, and returns when its member has joined. */
	static Process start(int port, String channel, String member, Duration timeToLive) throws IOException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				JoiningProcess.class.getName(), Integer.toString(port), channel, member, timeToLive.toString())
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		String line = process.inputReader(StandardCharsets.UTF_8).lines().filter(JOINED::equals).findFirst().orElse("");
		if (!line.equals(JOINED)) {
			process.destroyForcibly();
			throw new IllegalStateException("the process ended before its member joined");
		}
		return process;
	}

	/**
	 * Joins, and stays until its standard input ends.
	 * @param args the port of Redis, the channel, the member and the time to live
	 * @throws IOException when its standard input can't be read
	 */
	public static void main(String[] args) throws IOException {
		try (RedisNode node = RedisNode.at(Integer.parseInt(args[0]))) {
			node.awaitUp();
			node.pubSub.keepPresenceIn(node.engine.presence(Duration.parse(args[3])));
			node.pubSub.presence(args[1]).join(args[2]);
			System.out.println(JOINED);
			while (System.in.read() >= 0) {
				Thread.onSpinWait();
			}
		}
	}

}
