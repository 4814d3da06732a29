package io.iodine.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A program of its own: the server, or a suite. What it prints goes to a file. */
final class Program implements AutoCloseable {

	private final Process process;

	private final Path output;

	private final int port;

	private Program(Process process, Path output, int port) {
		this.process = process;
		this.output = output;
		this.port = port;
	}

	static Program start(Path folder, String name, List<String> command) {
		return start(folder, name, Map.of(), command, 0);
	}

	private static Program start(Path folder, String name, Map<String, String> environment, List<String> command,
			int port) {
		Path output = folder.resolve(name + ".log");
		ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		builder.environment().putAll(environment);
		try {
			return new Program(builder.start(), output, port);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The benchmark sample on a web server, when it accepts connections. */
	static Program server(String jar, Path folder, String name, Map<String, String> environment, String... arguments) {
		return server(folder, name, environment, List.of("-jar", System.getProperty("server." + jar)), arguments);
	}

	/** The benchmark sample with further libraries on its class path. */
	static Program server(String jar, Path folder, String name, List<Path> libraries, String... arguments) {
		String path = libraries.stream().map(Path::toString).collect(Collectors.joining(","));
		return server(folder, name, Map.of(), List.of("-Dloader.path=" + path, "-cp",
				System.getProperty("server." + jar), "org.springframework.boot.loader.launch.PropertiesLauncher"),
				arguments);
	}

	private static Program server(Path folder, String name, Map<String, String> environment, List<String> launch,
			String... arguments) {
		int port = freePort();
		List<String> command = new ArrayList<>(List.of(java()));
		command.addAll(launch);
		command.add("--server.port=" + port);
		command.addAll(List.of(arguments));
		Program server = start(folder, name, environment, command, port);
		server.awaitPort();
		return server;
	}

	/** The port of a server. */
	int port() {
		return this.port;
	}

	static String java() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void awaitPort() {
		long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
		while (!accepts()) {
			if (await(Duration.ofMillis(500)) || System.nanoTime() > deadline) {
				throw new IllegalStateException("the server did not start: " + output());
			}
		}
	}

	private boolean accepts() {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			return socket.isConnected();
		}
		catch (ConnectException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Whether it has ended within a time. */
	boolean await(Duration time) {
		try {
			return this.process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	String output() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroy();
		if (!await(Duration.ofSeconds(20))) {
			this.process.destroyForcibly();
		}
	}

}
