package io.iodine.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Servers in a process of their own with little memory, all of whose heap is resident
 * from the start: what its resident set gains is what they hold outside of it.
 */
final class ServerProcess implements AutoCloseable {

	private static final String PORTS = "ports ";

	private final Process process;

	private final int port;

	private final int securePort;

	private ServerProcess(Process process, int port, int securePort) {
		this.process = process;
		this.port = port;
		this.securePort = securePort;
	}

	/** Starts one server in clear text and one with TLS, which have the same files. */
	static ServerProcess serving(Path root, LocalhostKeys keys) throws IOException {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
				"-XX:TieredStopAtLevel=1", "-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:MaxDirectMemorySize=32m",
				"-cp", System.getProperty("java.class.path"), Main.class.getName(), root.toString()));
		command.addAll(List.of(keys.properties()));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		StringBuilder seen = new StringBuilder();
		BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith(PORTS)) {
				String[] ports = line.split(" ", -1);
				return new ServerProcess(process, Integer.parseInt(ports[1]), Integer.parseInt(ports[2]));
			}
			seen.append(line).append('\n');
		}
		throw new IOException("the server didn't start: " + seen);
	}

	int port() {
		return this.port;
	}

	int securePort() {
		return this.securePort;
	}

	/** The resident set, in bytes. */
	long residentBytes() throws IOException {
		return number("status", "VmRSS:") << 10;
	}

	/** What the process has read so far, by {@code sendfile} or otherwise, in bytes. */
	long readBytes() throws IOException {
		return number("io", "rchar:");
	}

	private long number(String file, String name) throws IOException {
		return Files.readAllLines(Path.of("/proc", String.valueOf(this.process.pid()), file))
			.stream()
			.filter((line) -> line.startsWith(name))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
			.findAny()
			.orElseThrow(() -> new IOException("no " + name + " in " + file));
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	/** What runs in the process. */
	static final class Main {

		private Main() {
		}

		public static void main(String[] args) {
			String root = "iodine.static.root=" + args[0];
			List<String> secure = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
			secure.add(root);
			FileServer clear = FileServer.start(List.of(SendFileTests.Naming.class, FileMemoryTests.Resources.class),
					root, "iodine.static.send-file-root=" + args[0]);
			FileServer tls = FileServer.start(secure.toArray(String[]::new));
			System.out.println(PORTS + clear.port() + " " + tls.port());
		}

	}

}
