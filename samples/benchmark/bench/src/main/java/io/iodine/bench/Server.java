package io.iodine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A server that is being measured: a process, pinned to the first processor. */
final class Server implements AutoCloseable {

	private static final int START_SECONDS = 300;

	/** Servers that have {@code /hello}. */
	private static final Set<String> APPLICATIONS = Set.of("iodine", "iodine-callbacks", "iodine-access-log",
			"iodine-disabled", "iodine-io-uring", "iodine-compression", "iodine-history", "webflux", "tomcat", "jetty",
			"soak");

	private final String name;

	private final int port;

	private final Process process;

	private Server(String name, int port, Process process) {
		this.name = name;
		this.port = port;
		this.process = process;
	}

	static Server start(String name, int port, Path folder, Map<String, String> environment, List<String> command) {
		List<String> pinned = new ArrayList<>(List.of("taskset", "-c", "0"));
		pinned.addAll(command);
		ProcessBuilder builder = new ProcessBuilder(pinned).directory(folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(folder.resolve(name + ".log").toFile());
		builder.environment().putAll(environment);
		builder.environment().put("PORT", String.valueOf(port));
		try {
			return new Server(name, port, builder.start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String name() {
		return this.name;
	}

	int port() {
		return this.port;
	}

	/** The process that serves, which may be a child of the one that was started. */
	long pid() {
		return this.process.children().findFirst().orElse(this.process.toHandle()).pid();
	}

	/**
	 * Waits until it serves, which an application does some time after its port is open.
	 */
	void awaitPort() throws InterruptedException {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
		while (!accepts() || (APPLICATIONS.contains(this.name) && !answers())) {
			if (this.process.waitFor(200, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
				throw new IllegalStateException(this.name + " did not start, see its log");
			}
		}
	}

	private boolean accepts() {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private boolean answers() {
		try {
			HttpURLConnection hello = (HttpURLConnection) URI.create("http://127.0.0.1:" + this.port + "/hello")
				.toURL()
				.openConnection();
			hello.setReadTimeout(2000);
			return hello.getResponseCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** User and system time in seconds, to a hundredth. */
	double cpuSeconds() {
		try {
			String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
			String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
			return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Resident memory in bytes. */
	long residentBytes() {
		try {
			return Files.readAllLines(Path.of("/proc/" + pid() + "/status"))
				.stream()
				.filter((line) -> line.startsWith("VmRSS:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
				.findFirst()
				.orElse(0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.process.descendants().forEach(ProcessHandle::destroy);
		this.process.destroy();
	}

}
