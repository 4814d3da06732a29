package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The CPU time of the threads of some processes so far, as Linux counts it.
 *
 * @param nanos by the name of the thread, without its numbers
 * @param writes how many times they have written to a descriptor
 */
record CpuOfThreads(Map<String, Long> nanos, long writes) {

	private static final String COMPILERS = "compilers";

	static CpuOfThreads of(List<Long> pids) {
		Map<String, Long> nanos = new TreeMap<>();
		long writes = 0;
		for (Long pid : pids) {
			Path process = Path.of("/proc", String.valueOf(pid));
			try (Stream<Path> threads = Files.list(process.resolve("task"))) {
				for (Path thread : threads.toList()) {
					add(thread, nanos);
				}
				writes += Files.readAllLines(process.resolve("io"))
					.stream()
					.filter((line) -> line.startsWith("syscw: "))
					.mapToLong((line) -> Long.parseLong(line.substring(7)))
					.sum();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return new CpuOfThreads(nanos, writes);
	}

	private static void add(Path thread, Map<String, Long> nanos) throws IOException {
		try {
			String name = name(Files.readString(thread.resolve("comm")).strip());
			String time = Files.readString(thread.resolve("schedstat")).split(" ", 2)[0];
			nanos.merge(name, Long.parseLong(time), Long::sum);
		}
		catch (NoSuchFileException ex) {
			// it has ended
			nanos.merge("ended", 0L, Long::sum);
		}
	}

	/** Without its number, but for the compilers, which are called C1 and C2. */
	static String name(String thread) {
		return thread.matches("C[12] Comp.*") ? COMPILERS : thread.replaceAll("[-# ]*\\d+.*", "");
	}

	CpuOfThreads since(CpuOfThreads before) {
		Map<String, Long> difference = new TreeMap<>();
		this.nanos.forEach((name, time) -> difference.put(name, time - before.nanos.getOrDefault(name, 0L)));
		return new CpuOfThreads(difference, this.writes - before.writes);
	}

	/** CPU time of all but the compilers of the JVM. */
	double seconds() {
		return this.nanos.entrySet()
			.stream()
			.filter((thread) -> !thread.getKey().equals(COMPILERS))
			.mapToLong(Map.Entry::getValue)
			.sum() / 1e9;
	}

	@Override
	public String toString() {
		return this.nanos.entrySet()
			.stream()
			.filter((thread) -> thread.getValue() >= 10_000_000)
			.sorted(Map.Entry.<String, Long>comparingByValue().reversed())
			.map((thread) -> thread.getKey() + " " + thread.getValue() / 1_000_000 + " ms")
			.collect(Collectors.joining(", ", this.writes + " writes; ", ""));
	}

}
