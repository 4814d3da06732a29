package io.iodine.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.iodine.autoconfigure.FileServer.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** A server of its own process, which runs out of file descriptors. */
@EnabledOnOs(OS.LINUX)
class DescriptorTests {

	private static final int DESCRIPTORS = 300;

	@Test
	void theAcceptorRestsWithoutDescriptorsAndGoesOnWithThem() throws Exception {
		Process process = new ProcessBuilder("bash", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "server",
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
				"-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Server.class.getName())
			.redirectErrorStream(true)
			.start();
		try (BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
			int port = Integer.parseInt(awaitLine(output, "port ").substring("port ".length()));
			List<Socket> sockets = new ArrayList<>();
			// more would not fit into the queue of the socket, and try again seconds
			// later
			for (long i = free(process) + 20; i > 0; i--) {
				sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
			}

			String complaint = awaitLine(output, "Can't accept connections");
			Duration before = cpu(process);
			TimeUnit.SECONDS.sleep(2);
			Duration spent = cpu(process).minus(before);
			for (Socket socket : sockets) {
				socket.close();
			}

			assertThat(complaint).contains("Too many open files");
			assertThat(spent).as("CPU time of 2 s without descriptors").isLessThan(Duration.ofSeconds(1));
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				socket.setSoTimeout(20_000);
				Answer answer = FileServer.exchange(socket, "GET", "/");
				assertThat(answer.body()).isEqualTo(FileServer.APPLICATION);
			}
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static long free(Process process) throws IOException {
		try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
			return DESCRIPTORS - open.count();
		}
	}

	private static String awaitLine(BufferedReader output, String part) throws IOException {
		StringBuilder seen = new StringBuilder();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.contains(part)) {
				return line;
			}
			seen.append(line).append('\n');
		}
		throw new IllegalStateException("'" + part + "' never came: " + seen);
	}

	/** The CPU time of a process, counted in hundredths of a second. */
	private static Duration cpu(Process process) throws IOException {
		String[] fields = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"))
			.replaceFirst("(?s)^.*\\) ", "")
			.split(" ", -1);
		long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
		return Duration.ofMillis(ticks * 10);
	}

	/** The server's process. */
	static final class Server {

		private Server() {
		}

		public static void main(String[] args) {
			System.out.println("port " + FileServer.start().port());
		}

	}

}
