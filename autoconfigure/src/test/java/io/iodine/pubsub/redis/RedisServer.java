package io.iodine.pubsub.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A real Redis on a free port of the loopback, without persistence, to be killed, stopped
 * and started again.
 */
public final class RedisServer implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(RedisServer.class);

	private static final AtomicBoolean saidMissing = new AtomicBoolean();

	private final int port;

	private final List<String> options;

	private Process process;

	private RedisServer(int port, List<String> options) {
		this.port = port;
		this.options = options;
		this.process = launch();
	}

	/**
	 * Starts a server, and waits until it answers.
	 * @param options options of redis-server, such as {@code --requirepass secret}
	 * @return the server
	 */
	public static RedisServer start(String... options) {
		return new RedisServer(freePort(), List.of(options));
	}

	/**
	 * Whether this machine has Redis.
	 * @return whether redis-server is found
	 */
	public static boolean isInstalled() {
		boolean installed = List.of(System.getenv("PATH").split(":"))
			.stream()
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, "redis-server")));
		if (!installed && saidMissing.compareAndSet(false, true)) {
			logger.warn("No redis-server is installed: the tests of Redis are SKIPPED");
			Runtime.getRuntime()
				.addShutdownHook(new Thread(() -> logger.warn("The tests of Redis were SKIPPED: no redis-server")));
		}
		return installed;
	}

	public int port() {
		return this.port;
	}

	/** Kills it without a goodbye. */
	public void kill() {
		this.process.destroyForcibly();
		await(this.process);
	}

	/** Starts it again on its port. */
	public void restart() {
		this.process = launch();
	}

	/** Lets it answer nothing, with its connections open. */
	public void freeze() {
		signal("STOP");
	}

	/** Lets it go on. */
	public void thaw() {
		signal("CONT");
	}

	/**
	 * Sends a command with redis-cli.
	 * @param args the command
	 * @return what it printed
	 */
	public String cli(String... args) {
		List<String> command = new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(this.port)));
		command.addAll(List.of(args));
		return output(command);
	}

	@Override
	public void close() {
		kill();
	}

	private void signal(String name) {
		output(List.of("kill", "-" + name, Long.toString(this.process.pid())));
	}

	private Process launch() {
		List<String> command = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(this.port), "--dir",
				System.getProperty("java.io.tmpdir"), "--dbfilename", "iodine-test-" + this.port + ".rdb", "--bind",
				"127.0.0.1", "--save", "", "--appendonly", "no"));
		command.addAll(this.options);
		try {
			Process started = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			awaitAnswer(started);
			return started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void awaitAnswer(Process started) throws IOException {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (System.nanoTime() < deadline && started.isAlive()) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
				socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
				if (socket.getInputStream().read() >= 0) {
					return;
				}
			}
			catch (IOException ex) {
				Thread.onSpinWait();
			}
		}
		started.destroyForcibly();
		throw new IllegalStateException("redis-server does not answer on port " + this.port);
	}

	/**
	 * A port that nobody listens on.
	 * @return its number
	 */
	public static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String output(List<String> command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			await(process);
			return output.strip();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void await(Process process) {
		try {
			if (!process.waitFor(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("process " + process.pid() + " goes on");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
