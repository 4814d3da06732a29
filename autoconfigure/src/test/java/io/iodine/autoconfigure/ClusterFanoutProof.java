package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The fan-out of two workers with a thousand subscribers each beside that of one process.
 */
@Timeout(900)
class ClusterFanoutProof {

	private static final Pattern COMMANDS = Pattern.compile("Commands of worker (\\d+) on port (\\d+)");

	private static final Pattern WEB = Pattern.compile("Netty started on port (\\d+)");

	/** Fewer than a send queue takes. */
	private static final int BATCH = 500;

	private static final int SUBSCRIBERS = Integer.getInteger("subscribers", 1_000);

	private static final int MESSAGES = Integer.getInteger("messages", 20_000);

	/**
	 * Until the JVMs have compiled what runs: with a thousand subscribers of each worker,
	 * 80,000,000 deliveries.
	 */
	private static final int WARM_UP = Integer.getInteger("warm-up", 20_000);

	private static final List<String> JVM = List.of("-Xmx512m", "-XX:TieredStopAtLevel=4", "-XX:+UseSerialGC");

	@TempDir
	private Path directory;

	@Test
	void messagesOfTwoWorkersReachAThousandSubscribersOfEachInOrder() throws Exception {
		Rate alone = rate(0);
		Rate cluster = rate(2);

		report(String.format(
				"%,d subscribers a worker, %,d messages from each of two publishers: %,.0f deliveries a CPU second in "
						+ "one process (%.1f s), %,.0f in two workers and their master (%.1f s): %.2f",
				SUBSCRIBERS, MESSAGES, alone.deliveriesOfACore(), alone.seconds, cluster.deliveriesOfACore(),
				cluster.seconds, cluster.deliveriesOfACore() / alone.deliveriesOfACore()));
		assertThat(cluster.deliveriesOfACore() / alone.deliveriesOfACore()).isGreaterThan(0.8);
	}

	private Rate rate(int workers) throws Exception {
		List<String> command = new ArrayList<>(List.of(ClusterOfProcesses.java()));
		command.addAll((workers == 0) ? JVM : List.of("-Xmx64m", "-XX:+UseSerialGC"));
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), FanoutProgram.class.getName(),
				"--iodine.cluster.processes=" + workers, "--iodine.ping-interval=1h"));
		try (ClusterOfProcesses cluster = ClusterOfProcesses
			.run(Files.createDirectories(this.directory.resolve("of-" + workers)), command, String.join(",", JVM))) {
			int[] ports = new int[Math.max(1, workers)];
			for (int i = 0; i < ports.length; i++) {
				Matcher found = COMMANDS.matcher(cluster.awaitLine("Commands of worker"));
				assertThat(found.find()).isTrue();
				ports[Integer.parseInt(found.group(1)) - 1] = Integer.parseInt(found.group(2));
			}
			Matcher web = WEB.matcher(cluster.awaitLine("Netty started on port"));
			assertThat(web.find()).isTrue();
			if (workers > 0) {
				// the first was ready before the others started
				cluster.awaitLine("is ready");
			}
			try (FanoutClients clients = new FanoutClients(Integer.parseInt(web.group(1)), ports.length, SUBSCRIBERS)) {
				publish(clients, ports, 1, WARM_UP);
				List<Long> processes = new ArrayList<>(cluster.liveWorkers());
				processes.add(cluster.pid());
				CpuOfThreads before = CpuOfThreads.of(processes);
				long start = System.nanoTime();
				publish(clients, ports, 1 + WARM_UP, MESSAGES);
				double seconds = (System.nanoTime() - start) / 1e9;
				long deliveries = 2L * MESSAGES * SUBSCRIBERS * ports.length;
				Rate rate = new Rate(deliveries, CpuOfThreads.of(processes).since(before), seconds);
				report(workers + " workers: " + rate);
				assertThat(clients.outOfOrder()).as("numbers out of order").isZero();
				return rate;
			}
		}
	}

	/** Two publish, in as many processes as there are, until all is heard. */
	private static void publish(FanoutClients clients, int[] ports, int first, int messages) {
		for (int next = first; next < first + messages; next += BATCH) {
			int number = next;
			IntStream.rangeClosed(1, 2)
				.parallel()
				.forEach((publisher) -> command(ports[(publisher - 1) % ports.length],
						"/publish/" + publisher + "/" + number + "/" + BATCH));
			long wanted = 2L * (next - 1 + BATCH);
			long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
			while (clients.slowest() < wanted) {
				assertThat(System.nanoTime())
					.as(() -> "the time until all have heard " + wanted + ", not " + clients.slowest()
							+ "; all are open: " + clients.areOpen())
					.isLessThan(deadline);
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
			}
		}
	}

	private static String command(int port, String path) {
		try (var in = URI.create("http://127.0.0.1:" + port + path).toURL().openStream()) {
			return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@SuppressWarnings("SystemOut")
	private static void report(String figures) {
		System.out.println("PROOF " + figures);
	}

	/**
	 * What was measured.
	 *
	 * @param deliveries how many listeners were called
	 * @param cpu CPU time of all processes
	 * @param seconds how long it took
	 */
	private record Rate(long deliveries, CpuOfThreads cpu, double seconds) {

		double deliveriesOfACore() {
			return this.deliveries / this.cpu.seconds();
		}

	}

}
