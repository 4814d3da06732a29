package io.iodine.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A long run under load and churn: six seconds of echoes and of broadcasts, each on new
 * connections, four seconds without. What the server holds between two loads is written
 * to {@code soak.csv} and drawn in {@code soak.svg}.
 */
final class Soak {

	private static final List<String> LOADS = List.of("echo connections=200 size=64",
			"fanout connections=500 size=100 path=/sub window=4", "sse connections=200 size=100 path=/sse window=4");

	private static final double LOAD_SECONDS = 5.5;

	private static final long PAUSE_SECONDS = 4;

	private static final Pattern USED = Pattern.compile("(?:def new generation|tenured generation).*used (\\d+)K");

	private final Path folder;

	private final Server server;

	private final Path jcmd;

	private final List<Sample> samples = new ArrayList<>();

	private Soak(Path folder, Server server, Path jcmd) {
		this.folder = folder;
		this.server = server;
		this.jcmd = jcmd;
	}

	static void run(Path folder, Duration time, List<String> command, int port) throws Exception {
		Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
		try (Server server = Server.start("soak", port, folder, Map.of("WWW", folder.resolve("www").toString()),
				command)) {
			server.awaitPort();
			new Soak(folder, server, jcmd).run(time);
		}
	}

	private void run(Duration time) throws Exception {
		PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		long began = System.nanoTime();
		do {
			load();
			TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
			this.samples.add(sample(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)));
			Files.write(this.folder.resolve("soak.csv"),
					Stream
						.concat(Stream.of("seconds,heap,resident,descriptors,threads"),
								this.samples.stream().map(Sample::csv))
						.toList());
			Files.writeString(this.folder.resolve("soak.svg"), Picture.of(this.samples));
		}
		while (System.nanoTime() - began < time.toNanos());
		out.println(this.samples.get(this.samples.size() - 1).csv() + " after " + this.samples.size() + " loads, "
				+ this.samples.get(0).csv() + " after the first");
	}

	private void load() throws IOException, InterruptedException {
		List<Process> loads = new ArrayList<>();
		for (String arguments : LOADS) {
			List<String> command = new ArrayList<>(
					List.of("taskset", "-c", "1", this.folder.resolve("load").toString()));
			command.addAll(List.of(arguments.split(" ", -1)));
			command
				.addAll(List.of("port=" + this.server.port(), "seconds=" + LOAD_SECONDS / LOADS.size(), "warm-up=0.1"));
			Path log = this.folder.resolve("soak-load.log");
			Process load = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.start();
			loads.add(load);
			if (!load.waitFor(2, TimeUnit.MINUTES) || load.exitValue() != 0) {
				loads.forEach(Process::destroyForcibly);
				throw new IllegalStateException(command + " failed, see " + log);
			}
		}
	}

	private Sample sample(long seconds) throws IOException, InterruptedException {
		long pid = this.server.pid();
		String unused = jcmd(pid, "GC.run");
		Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
		long heap = 0;
		while (used.find()) {
			heap += Long.parseLong(used.group(1));
		}
		return new Sample(seconds, heap / 1024.0, this.server.residentBytes() / 1048576.0,
				count(Path.of("/proc/" + pid + "/fd")), count(Path.of("/proc/" + pid + "/task")));
	}

	private String jcmd(long pid, String command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(this.jcmd.toString(), String.valueOf(pid), command)
			.redirectErrorStream(true)
			.start();
		String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new IllegalStateException("jcmd " + command + " failed: " + text);
		}
		return text;
	}

	private static long count(Path folder) throws IOException {
		try (Stream<Path> entries = Files.list(folder)) {
			return entries.count();
		}
	}

	/**
	 * What the server holds.
	 *
	 * @param seconds when, since the beginning
	 * @param heap used heap after a collection, in MB
	 * @param resident resident memory in MB
	 * @param descriptors open file descriptors
	 * @param threads threads
	 */
	record Sample(long seconds, double heap, double resident, long descriptors, long threads) {

		String csv() {
			return "%d,%.1f,%.1f,%d,%d".formatted(this.seconds, this.heap, this.resident, this.descriptors,
					this.threads);
		}

	}

}
