package io.iodine.connection;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own, which can be told to go away as an operating system
 * does.
 */
final class ServerProcess implements AutoCloseable {

	private static final String PORT = "port ";

	private final Process process;

	private final int port;

	private ServerProcess(Process process) throws IOException {
		this.process = process;
		this.port = awaitPort(process.inputReader());
	}

	/**
	 * Starts a program that prints its port.
	 * @param program its class
	 * @param arguments what it is told
	 * @return it, listening
	 */
	static ServerProcess start(Class<?> program, String... arguments) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx2g"));
		// the compilers and the collector that the tests themselves have
		ManagementFactory.getRuntimeMXBean()
			.getInputArguments()
			.stream()
			.filter((argument) -> argument.startsWith("-XX:TieredStopAtLevel") || argument.endsWith("GC"))
			.forEach(command::add);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
		command.addAll(List.of(arguments));
		try {
			return new ServerProcess(
					new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int awaitPort(BufferedReader output) throws IOException {
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith(PORT)) {
				return Integer.parseInt(line.substring(PORT.length()));
			}
		}
		throw new IllegalStateException("The server ended before it listened");
	}

	int port() {
		return this.port;
	}

	/** The CPU time that it has used. */
	Duration cpu() {
		return this.process.info().totalCpuDuration().orElseThrow();
	}

	/** Sends SIGTERM. */
	void terminate() {
		this.process.destroy();
	}

	/**
	 * Waits for the end.
	 * @return its status, 143 after SIGTERM
	 */
	int awaitExit(Duration atMost) throws InterruptedException {
		if (!this.process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
			throw new AssertionError("The server is still there after " + atMost);
		}
		return this.process.exitValue();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
