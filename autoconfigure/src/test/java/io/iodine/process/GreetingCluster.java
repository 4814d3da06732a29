package io.iodine.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import io.netty.buffer.ByteBuf;

import static org.assertj.core.api.Assertions.assertThat;

/** A master in this process with two {@link GreetingWorker}s, and their client. */
final class GreetingCluster implements AutoCloseable {

	private final Path directory;

	private final int port;

	private final Set<ProcessHandle> processes = ConcurrentHashMap.newKeySet();

	private final Master master;

	private boolean listening;

	GreetingCluster(Path directory) throws IOException {
		this.directory = directory;
		this.port = freePort();
		JavaCommand command = JavaCommand.parse(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp",
				System.getProperty("java.class.path"), GreetingWorker.class.getName(), String.valueOf(this.port),
				broken().toString()));
		WorkerProcesses system = WorkerProcesses.ofTheOperatingSystem();
		this.master = Master.start(MasterTests.settings(Files.createDirectory(directory.resolve("control"))), command,
				(line, exited) -> {
					WorkerProcesses.Handle started = system.start(line, exited);
					ProcessHandle.of(started.pid()).ifPresent(this.processes::add);
					return started;
				}, new NoRelay());
	}

	Master master() {
		return this.master;
	}

	/** No worker starts while this file exists. */
	Path broken() {
		return broken(this.directory);
	}

	static Path broken(Path directory) {
		return directory.resolve("broken");
	}

	Path control() throws IOException {
		try (DirectoryStream<Path> found = Files.newDirectoryStream(this.directory.resolve("control"))) {
			return found.iterator().next().resolve("control");
		}
	}

	/** Connects again and again until so many different workers have answered. */
	Set<Greeting> awaitWorkers(Predicate<Greeting> wanted, int count) throws IOException {
		Set<Greeting> seen = new HashSet<>();
		while (seen.size() < count) {
			Greeting greeting = greeting();
			if (wanted.test(greeting)) {
				seen.add(greeting);
			}
		}
		return seen;
	}

	Set<Greeting> greetings(int count) throws IOException {
		Set<Greeting> seen = new HashSet<>();
		for (int i = 0; i < count; i++) {
			seen.add(greeting());
		}
		return seen;
	}

	/**
	 * Connects again and again until another worker of the number of one that the test
	 * has killed answers. A connection that the victim had accepted ends without an
	 * answer.
	 */
	Greeting awaitReplacement(Greeting victim) throws IOException {
		while (true) {
			String answer = answer();
			if (!answer.isEmpty()) {
				Greeting greeting = Greeting.of(answer);
				if (greeting.number() == victim.number() && greeting.pid() != victim.pid()) {
					return greeting;
				}
			}
		}
	}

	/** Connects, and fails unless a worker answers. */
	Greeting greeting() throws IOException {
		return Greeting.of(answer());
	}

	private String answer() throws IOException {
		try (Socket socket = connect(); InputStream in = socket.getInputStream()) {
			return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
		}
		catch (SocketException ex) {
			if (ex instanceof ConnectException || ex.getMessage() == null || !ex.getMessage().contains("reset")) {
				throw ex;
			}
			// the worker that had accepted it has ended
			return answer();
		}
	}

	/** Until the first worker has asked for the socket, nobody listens. */
	private Socket connect() throws IOException {
		while (true) {
			try {
				Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port);
				this.listening = true;
				return socket;
			}
			catch (ConnectException ex) {
				if (this.listening) {
					throw ex;
				}
				LockSupport.parkNanos(1_000_000);
			}
		}
	}

	void awaitProcess(Predicate<ProcessHandle> wanted) {
		while (this.processes.stream().filter(ProcessHandle::isAlive).noneMatch(wanted)) {
			LockSupport.parkNanos(1_000_000);
		}
	}

	void awaitTwoProcesses() {
		while (this.processes.stream().filter(ProcessHandle::isAlive).count() != 2) {
			LockSupport.parkNanos(1_000_000);
		}
	}

	@Override
	public void close() {
		this.master.stop(0);
		this.master.await();
		this.master.close();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	/**
	 * What a worker says of itself.
	 *
	 * @param number its number
	 * @param generation its generation
	 * @param pid its process id
	 */
	record Greeting(int number, int generation, long pid) {

		static Greeting of(String answer) {
			String[] words = answer.strip().split(" ", -1);
			assertThat(words).as("what a client got").hasSize(3);
			return new Greeting(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]));
		}

	}

	/** Nobody publishes here. */
	private static final class NoRelay implements Relay {

		@Override
		public void ready(RelayPeer worker) {
			// as the others
		}

		@Override
		public void joined(RelayPeer worker) {
			assertThat(worker.number()).isPositive();
		}

		@Override
		public void received(RelayPeer worker, ByteBuf body) {
			throw new IllegalStateException("nobody publishes");
		}

		@Override
		public void left(RelayPeer worker) {
			assertThat(worker.number()).isPositive();
		}

	}

}
