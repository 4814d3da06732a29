package io.iodine.pubsub.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two application processes and one Redis: all is delivered in order, and the rate stands
 * beside that of redis-benchmark in the same minute.
 */
class TwoProcessesProof {

	private static final int MESSAGES_OF_EACH = 50_000;

	/** Publishing that waited for each answer of Redis would stay below it. */
	private static final double MIN_RATIO = 0.3;

	private static final Pattern RESULT = Pattern.compile("HEARD (\\d+) DISORDER (\\d+) MILLIS (\\d+) CPU (\\d+)");

	@ParameterizedTest
	@ValueSource(ints = { 1, 1_000 })
	void everySubscriberOfBothHearsAllInOrder(int subscribers) throws Exception {
		try (RedisServer redis = RedisServer.start();
				Child first = new Child(redis, 0, subscribers);
				Child second = new Child(redis, 1, subscribers)) {
			assertThat(List.of(first.line(), second.line())).containsOnly("READY");
			double reference = benchmark(redis);

			first.say();
			second.say();
			Matcher one = first.result();
			Matcher other = second.result();

			long millis = Math.max(Long.parseLong(one.group(3)), Long.parseLong(other.group(3)));
			double rate = 2_000.0 * MESSAGES_OF_EACH / millis;
			System.out.printf(
					"PROOF %d subscribers each: %s and %s deliveries, %s and %s out of order, %.0f messages/s,"
							+ " redis-benchmark %.0f/s, ratio %.2f; CPU %s and %s ms%n",
					subscribers, one.group(1), other.group(1), one.group(2), other.group(2), rate, reference,
					rate / reference, one.group(4), other.group(4));
			assertThat(List.of(one.group(1), other.group(1)))
				.containsOnly(Long.toString(2L * MESSAGES_OF_EACH * subscribers));
			assertThat(List.of(one.group(2), other.group(2))).containsOnly("0");
			if (subscribers == 1) {
				assertThat(rate).as("messages a second").isGreaterThan(MIN_RATIO * reference);
			}
		}
	}

	/** Publishes to a channel that nobody hears, with 50 connections. */
	private static double benchmark(RedisServer redis) {
		String output = RedisServer.output(List.of("redis-benchmark", "-p", Integer.toString(redis.port()), "-n",
				"100000", "--csv", "PUBLISH", "bench", "0 12345" + " ".repeat(50)));
		String last = output.lines().reduce("", (before, line) -> line);
		Matcher rate = Pattern.compile("\",\"([\\d.]+)\"").matcher(last);
		assertThat(rate.find()).as(output).isTrue();
		return Double.parseDouble(rate.group(1));
	}

	/** One of the processes. */
	private static final class Child implements AutoCloseable {

		private final Process process;

		private final BufferedReader output;

		private final Writer input;

		Child(RedisServer redis, int number, int subscribers) throws IOException {
			this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-Xmx512m", "-Dlogging.level.root=warn", "-cp", System.getProperty("java.class.path"),
					PublishingProcess.class.getName(), Integer.toString(redis.port()), Integer.toString(number),
					Integer.toString(subscribers), Integer.toString(MESSAGES_OF_EACH))
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			this.output = this.process.inputReader(StandardCharsets.UTF_8);
			this.input = this.process.outputWriter(StandardCharsets.UTF_8);
		}

		void say() throws IOException {
			this.input.write("\n");
			this.input.flush();
		}

		String line() throws IOException {
			for (String line = this.output.readLine(); line != null; line = this.output.readLine()) {
				if (line.equals("READY") || line.startsWith("HEARD")) {
					return line;
				}
			}
			throw new IllegalStateException("the process has ended");
		}

		Matcher result() throws IOException {
			Matcher result = RESULT.matcher(line());
			assertThat(result.matches()).isTrue();
			return result;
		}

		@Override
		public void close() throws IOException {
			this.process.destroyForcibly();
			this.output.close();
		}

	}

}
