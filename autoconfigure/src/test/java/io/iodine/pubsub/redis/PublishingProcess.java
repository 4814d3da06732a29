package io.iodine.pubsub.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An application process of {@link TwoProcessesProof}: it has subscribers, and publishes
 * when it is told to on its standard input.
 */
final class PublishingProcess {

	private static final int PROCESSES = 2;

	/**
	 * The warm-up is so much longer, for the compiler to have finished before it counts.
	 */
	private static final int WARM_UP = Integer.getInteger("proof.warm-up", 6);

	private PublishingProcess() {
	}

	/**
	 * Prints one line when it is ready and one when all was heard.
	 * @param args the port of Redis, the number of this process, how many subscribers it
	 * has and how many messages it publishes
	 * @throws IOException when its standard input ends
	 * @throws InterruptedException never
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		int process = Integer.parseInt(args[1]);
		int messages = Integer.parseInt(args[3]);
		try (RedisNode node = RedisNode.at(Integer.parseInt(args[0]))) {
			node.awaitUp();
			List<Sequences> subscribers = new ArrayList<>();
			CountDownLatch complete = new CountDownLatch(Integer.parseInt(args[2]));
			for (int i = 0; i < Integer.parseInt(args[2]); i++) {
				Sequences sequences = new Sequences(PROCESSES * messages, complete);
				subscribers.add(sequences);
				node.hear("room", false, (channel, message) -> sequences.hear(message.asText()));
			}
			node.awaitConfirmed();
			warmUp(node, process, WARM_UP * messages);
			say("READY");
			BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			input.readLine();

			long cpu = cpuMillis();
			long begin = System.nanoTime();
			publish(node, "room", process, messages);
			if (!complete.await(300, TimeUnit.SECONDS)) {
				throw new IllegalStateException("not all was heard in 300 s");
			}
			long millis = (System.nanoTime() - begin) / 1_000_000;
			say("HEARD " + subscribers.stream().mapToLong((sequences) -> sequences.heard).sum() + " DISORDER "
					+ subscribers.stream().mapToLong((sequences) -> sequences.disorder).sum() + " MILLIS " + millis
					+ " CPU " + (cpuMillis() - cpu));
			input.readLine();
		}
	}

	private static void warmUp(RedisNode node, int process, int messages) throws InterruptedException {
		CountDownLatch heard = new CountDownLatch(messages);
		Runnable end = node.hear("warm" + process, false, (channel, message) -> heard.countDown());
		node.awaitConfirmed();
		publish(node, "warm" + process, process, messages);
		heard.await();
		end.run();
		node.awaitConfirmed();
	}

	private static void publish(RedisNode node, String channel, int process, int messages) {
		for (int i = 0; i < messages; i++) {
			String text = process + " " + i + " ".repeat(50);
			while (!node.pubSub.publish(channel, text)) {
				LockSupport.parkNanos(200_000);
			}
		}
	}

	private static long cpuMillis() {
		return ProcessHandle.current().info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
	}

	private static void say(String line) {
		System.out.println(line);
		System.out.flush();
	}

	/** What one subscriber heard, owned by the delivering thread. */
	private static final class Sequences {

		private final int[] next = new int[PROCESSES];

		private final int expected;

		private final CountDownLatch complete;

		private int heard;

		private int disorder;

		Sequences(int expected, CountDownLatch complete) {
			this.expected = expected;
			this.complete = complete;
		}

		void hear(String text) {
			int publisher = text.charAt(0) - '0';
			int number = 0;
			for (int i = 2; i < text.length() && text.charAt(i) != ' '; i++) {
				number = 10 * number + text.charAt(i) - '0';
			}
			this.disorder += (number == this.next[publisher]) ? 0 : 1;
			this.next[publisher] = number + 1;
			if (++this.heard == this.expected) {
				this.complete.countDown();
			}
		}

	}

}
