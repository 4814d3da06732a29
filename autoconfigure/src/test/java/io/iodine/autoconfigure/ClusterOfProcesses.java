package io.iodine.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A master in a process of its own, with its workers, and what all of them log.
 */
final class ClusterOfProcesses implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(10);

	private static final Pattern STARTED = Pattern
		.compile("Worker \\d+ of generation \\d+ \\(process (\\d+)\\) starts");

	private final Process master;

	private final List<String> log = new ArrayList<>();

	private final Set<Long> workers = ConcurrentHashMap.newKeySet();

	private int read;

	private volatile boolean closing;

	private ClusterOfProcesses(Process master) {
		this.master = master;
		Thread reader = new Thread(this::readLog, "cluster-log");
		reader.setDaemon(true);
		reader.start();
	}

	/** Starts {@link ClusterProgram}, small, on any free port of the loopback. */
	static ClusterOfProcesses start(Path directory, String... arguments) {
		List<String> command = new ArrayList<>(List.of(java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m",
				"-cp", System.getProperty("java.class.path"), ClusterProgram.class.getName()));
		command.addAll(List.of(arguments));
		return run(directory, command);
	}

	static String java() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	/** Starts a command with the properties that all need. */
	static ClusterOfProcesses run(Path directory, List<String> command) {
		return run(directory, command, "-Xmx256m");
	}

	static ClusterOfProcesses run(Path directory, List<String> command, String workerArguments) {
		List<String> all = new ArrayList<>(command);
		all.addAll(List.of("--server.address=127.0.0.1", "--spring.main.banner-mode=off",
				"--iodine.cluster.directory=" + directory, "--iodine.cluster.worker-arguments=" + workerArguments));
		Map.of("--server.port=", "0", "--iodine.cluster.start-timeout=", "10m").forEach((property, value) -> {
			if (command.stream().noneMatch((argument) -> argument.startsWith(property))) {
				all.add(property + value);
			}
		});
		try {
			// a build that runs under nohup ignores SIGHUP, and so would what it starts
			all.addAll(0, List.of("env", "--default-signal=HUP"));
			return new ClusterOfProcesses(new ProcessBuilder(all).redirectErrorStream(true).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void readLog() {
		try (BufferedReader lines = this.master.inputReader()) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				Matcher started = STARTED.matcher(line);
				if (started.find()) {
					this.workers.add(Long.valueOf(started.group(1)));
				}
				synchronized (this.log) {
					this.log.add(line);
					this.log.notifyAll();
				}
			}
		}
		catch (IOException ex) {
			if (!this.closing) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	/** Waits until something holds of processes, whose start may take minutes. */
	static void await(BooleanSupplier condition) {
		long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).as("the time until it happens").isLessThan(deadline);
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
		}
	}

	/** Prints the figures of a proof. */
	@SuppressWarnings("SystemOut")
	static void report(String figures) {
		System.out.println("PROOF " + figures);
	}

	/** Waits for the next line that has the text, and skips all before it. */
	String awaitLine(String text) throws InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		synchronized (this.log) {
			while (true) {
				while (this.read < this.log.size()) {
					String line = this.log.get(this.read++);
					if (line.contains(text)) {
						return line;
					}
				}
				long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
				if (left <= 0 || (!this.master.isAlive() && this.read == this.log.size())) {
					throw new AssertionError("No line has '" + text + "':\n" + String.join("\n", this.log));
				}
				this.log.wait(Math.min(left, 500));
			}
		}
	}

	/** Waits until all workers serve; answers their port. */
	int awaitPort(int processes) throws InterruptedException {
		Matcher port = Pattern.compile("Listens on \\S+:(\\d+)").matcher(awaitLine("Listens on"));
		if (!port.find()) {
			throw new AssertionError("The line names no port");
		}
		for (int i = 0; i < processes; i++) {
			awaitLine("is ready");
		}
		return Integer.parseInt(port.group(1));
	}

	/** How many lines of what has been logged have the text. */
	long count(String text) {
		synchronized (this.log) {
			return this.log.stream().filter((line) -> line.contains(text)).count();
		}
	}

	String log() {
		synchronized (this.log) {
			return String.join("\n", this.log);
		}
	}

	long pid() {
		return this.master.pid();
	}

	/** All workers that were ever started and have not ended. */
	List<Long> liveWorkers() {
		return this.workers.stream()
			.filter((pid) -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent())
			.toList();
	}

	void signal(String name) throws IOException, InterruptedException {
		signal(name, pid());
	}

	static void signal(String name, long pid) throws IOException, InterruptedException {
		int status = new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor();
		if (status != 0) {
			throw new AssertionError("kill -" + name + " " + pid + " ended with " + status);
		}
	}

	int awaitExit() throws InterruptedException {
		if (!this.master.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
			throw new AssertionError("The master is still there:\n" + log());
		}
		return this.master.exitValue();
	}

	void awaitNoWorkers() throws InterruptedException {
		for (Long pid : this.workers) {
			ProcessHandle worker = ProcessHandle.of(pid).orElse(null);
			if (worker != null) {
				await(worker);
			}
		}
	}

	private void await(ProcessHandle worker) throws InterruptedException {
		try {
			worker.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new AssertionError("Process " + worker.pid() + " is still there:\n" + log(), ex);
		}
	}

	/** The body of an answer on a connection of its own. */
	static String get(int port, String path) throws IOException, InterruptedException {
		return body(request(port, path));
	}

	/** The body of the answer to a POST on a connection of its own. */
	static String post(int port, String path) throws IOException, InterruptedException {
		return body(request(port, path).POST(BodyPublishers.noBody()));
	}

	private static HttpRequest.Builder request(int port, String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(PATIENCE);
	}

	private static String body(HttpRequest.Builder request) throws IOException, InterruptedException {
		HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
		return client.send(request.build(), BodyHandlers.ofString()).body();
	}

	@Override
	public void close() {
		// which closes the stream of its log
		this.closing = true;
		this.master.destroy();
		try {
			if (!this.master.waitFor(30, TimeUnit.SECONDS)) {
				this.master.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		liveWorkers().forEach((pid) -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
	}

	/** What {@code /who} tells. */
	record Who(int worker, int generation, long pid) {

		static Who parse(String text) {
			String[] words = text.split(" ", -1);
			return new Who(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]));
		}

		static @Nullable Who parseOrNull(String text) {
			return text.matches("\\d+ \\d+ \\d+") ? parse(text) : null;
		}

	}

}
