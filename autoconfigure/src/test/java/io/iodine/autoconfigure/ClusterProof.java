package io.iodine.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import io.iodine.autoconfigure.ClusterOfProcesses.Who;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Counts what {@code docs/cluster.md} promises, under load. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
@Timeout(1800)
class ClusterProof {

	private static final int CLIENTS = 64;

	@TempDir
	private Path directory;

	@Test
	void tenRestartsFailNoneOfAHundredThousandRequests() throws Exception {
		try (ClusterOfProcesses cluster = ClusterOfProcesses.start(this.directory, "--iodine.cluster.processes=2")) {
			int port = cluster.awaitPort(2);
			long start = System.nanoTime();
			try (RequestLoad load = new RequestLoad(port, "/who", CLIENTS, 40)) {
				for (int generation = 2; generation <= 11; generation++) {
					cluster.signal("USR1");
					cluster.awaitLine("generation " + generation + " serves");
				}
				ClusterOfProcesses.await(() -> load.answered() >= 100_000);
				ClusterOfProcesses.report("10 restarts of 2 workers, " + CLIENTS + " clients: " + load.answered()
						+ " requests, " + load.failures().size() + " failed, "
						+ TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + " s; master "
						+ (residentKilobytes(cluster.pid()) >> 10) + " MB resident");
				assertThat(load.failures()).isEmpty();
				load.takeBodies();
				long answered = load.answered();
				ClusterOfProcesses.await(() -> load.answered() >= answered + 1_000);
				assertThat(load.takeBodies().keySet()).extracting((body) -> Who.parse(body).generation())
					.containsOnly(11);
			}
		}
	}

	@Test
	void aReplacedJarIsServedAfterARestartAndABrokenOneNever() throws Exception {
		Path jar = jar("one");
		List<String> command = new ArrayList<>(
				List.of(ClusterOfProcesses.java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp",
						jar + File.pathSeparator + System.getProperty("java.class.path"),
						ClusterProgram.class.getName(), "--iodine.cluster.processes=2"));
		try (ClusterOfProcesses cluster = ClusterOfProcesses.run(this.directory, command)) {
			int port = cluster.awaitPort(2);
			try (RequestLoad load = new RequestLoad(port, "/version", CLIENTS, 40)) {
				ClusterOfProcesses.await(() -> load.answered() >= 1_000);
				assertThat(load.takeBodies()).containsOnlyKeys("one");

				Files.move(jar("two"), jar, StandardCopyOption.ATOMIC_MOVE);
				cluster.signal("USR1");
				cluster.awaitLine("generation 2 serves");
				load.takeBodies();
				long served = load.answered();
				ClusterOfProcesses.await(() -> load.answered() >= served + 1_000);
				assertThat(load.takeBodies()).containsOnlyKeys("two");

				Files.move(jar("broken"), jar, StandardCopyOption.ATOMIC_MOVE);
				cluster.signal("USR1");
				cluster.awaitLine("The restart has failed: the workers that serve go on");
				long kept = load.answered();
				ClusterOfProcesses.await(() -> load.answered() >= kept + 1_000);
				assertThat(load.takeBodies()).containsOnlyKeys("two");
				ClusterOfProcesses.report(
						"one, two, broken: " + load.answered() + " requests, " + load.failures().size() + " failed");
				assertThat(load.failures()).isEmpty();
			}
		}
	}

	@Test
	void aWorkerThatIsKilledLosesItsOwnConnectionsOnly() throws Exception {
		try (ClusterOfProcesses cluster = ClusterOfProcesses.start(this.directory, "--iodine.cluster.processes=2")) {
			int port = cluster.awaitPort(2);
			try (RequestLoad load = new RequestLoad(port, "/who", CLIENTS, 40)) {
				ClusterOfProcesses.await(() -> load.answered() >= 2_000);
				Who victim = load.takeBodies().keySet().stream().map(Who::parse).findFirst().orElseThrow();

				ClusterOfProcesses.signal("KILL", victim.pid());
				long start = System.nanoTime();
				cluster.awaitLine("Worker " + victim.worker() + " of generation 1");
				cluster.awaitLine("is ready");
				long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
				int lost = load.failures().size();
				long answered = load.answered();
				ClusterOfProcesses.await(() -> load.answered() >= answered + 5_000);

				ClusterOfProcesses.report("kill -9 of a worker: " + lost + " requests of " + CLIENTS
						+ " clients lost, back after " + millis + " ms");
				assertThat(lost).isLessThanOrEqualTo(CLIENTS);
				assertThat(load.failures()).hasSize(lost);
			}
		}
	}

	@Test
	void allClientsOfARestartAreToldAndStreamsResumeWithoutAHole() throws Exception {
		try (ClusterOfProcesses cluster = ClusterOfProcesses.start(this.directory, "--iodine.cluster.processes=2",
				"--iodine.pubsub.history.channels=kept", "--iodine.pubsub.history.size=10000")) {
			int port = cluster.awaitPort(2);
			HttpClient http = HttpClient.newHttpClient();
			List<Socket> sockets = new ArrayList<>();
			for (int i = 0; i < 1_000; i++) {
				sockets.add(new Socket(http, port, "/follow"));
			}
			List<Stream> streams = new ArrayList<>();
			for (int i = 0; i < 500; i++) {
				streams.add(new Stream(http, port));
			}
			ClusterOfProcesses.await(() -> streams.stream().allMatch((stream) -> stream.open));
			Numbers numbers = new Numbers(http, port);

			cluster.signal("USR1");
			cluster.awaitLine("generation 2 serves");
			ClusterOfProcesses.await(() -> sockets.stream().allMatch((socket) -> socket.code.isDone()));
			int published = numbers.stop();
			ClusterOfProcesses.await(() -> streams.stream().allMatch((stream) -> stream.last >= published));

			int told = (int) sockets.stream().filter((socket) -> socket.code.join() == 1001).count();
			int holes = streams.stream().mapToInt((stream) -> stream.holes).sum();
			int resumed = streams.stream().mapToInt((stream) -> stream.connects - 1).sum();
			ClusterOfProcesses.report("1,000 WebSockets: " + told + " closed with 1001; 500 event streams: " + resumed
					+ " resumed, " + published + " messages, " + holes + " holes");
			assertThat(told).isEqualTo(1_000);
			assertThat(holes).isZero();
			assertThat(resumed).isGreaterThanOrEqualTo(500);
			streams.forEach(Stream::stop);
		}
	}

	/**
	 * Which worker gets a request is up to the kernel: it is said in the answer's header.
	 */
	private static void postToEach(int port, int workers, String path) {
		Map<Integer, HttpClient> clients = new HashMap<>();
		while (clients.size() < workers) {
			HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
			Who who = Who.parse(send(client, port, "/who", "GET"));
			clients.putIfAbsent(who.worker(), client);
		}
		// on the connection that is kept alive
		clients.values().forEach((client) -> send(client, port, path, "POST"));
	}

	private static String request(int port, String path, String method) {
		return send(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), port, path, method);
	}

	private static String send(HttpClient client, int port, String path, String method) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
			.timeout(Duration.ofMinutes(2))
			.method(method, HttpRequest.BodyPublishers.noBody())
			.build();
		try {
			return client.send(request, BodyHandlers.ofString()).body();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

	@Test
	void aStoppedWorkerIsReplacedAndTheMasterStaysSmall() throws Exception {
		try (ClusterOfProcesses cluster = ClusterOfProcesses.start(this.directory, "--iodine.cluster.processes=2",
				"--iodine.cluster.max-relay-pending=16MB", "--iodine.cluster.heartbeat-timeout=30s")) {
			int port = cluster.awaitPort(2);
			postToEach(port, 2, "/subscribe?count=1");
			Map<Integer, Who> workers = new HashMap<>();
			while (workers.size() < 2) {
				Who who = Who.parse(request(port, "/who", "GET"));
				workers.put(who.worker(), who);
			}
			long before = residentKilobytes(cluster.pid());

			ClusterOfProcesses.signal("STOP", Objects.requireNonNull(workers.get(2)).pid());
			Who other = Who.parse(request(port, "/who", "GET"));
			assertThat(other.worker()).isEqualTo(1);
			request(port, "/publish?count=100000&padding=1000", "POST");
			cluster.awaitLine("wait (iodine.cluster.max-relay-pending), and is killed");
			cluster.awaitLine("is ready");
			long after = residentKilobytes(cluster.pid());

			ClusterOfProcesses.report("SIGSTOP of a worker while 100 MB are published: the master had " + (before >> 10)
					+ " MB, then " + (after >> 10) + " MB resident");
			assertThat(after - before).isLessThan(64 << 10);
		}
	}

	@Test
	void aSocketOfSystemdQueuesClientsWhileOneProcessIsReplaced() throws Exception {
		int port = 18_432;
		String java = ClusterOfProcesses.java() + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "
				+ System.getProperty("java.class.path") + " " + ClusterProgram.class.getName() + " --server.port="
				+ port + " --server.address=127.0.0.1";
		String three = "for i in 1 2 3; do sh -c 'LISTEN_PID=$$ exec " + java + "'; done";
		Process systemd = new ProcessBuilder("systemd-socket-activate", "-l", "127.0.0.1:" + port, "/bin/sh", "-c",
				three)
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("log").toFile())
			.start();
		try {
			ClusterOfProcesses.await(() -> canConnect(port));
			try (RequestLoad load = new RequestLoad(port, "/who", 16, 40)) {
				for (int i = 0; i < 2; i++) {
					long answered = load.answered();
					ClusterOfProcesses.await(() -> load.answered() >= answered + 500);
					load.takeBodies();
					ClusterOfProcesses.await(() -> load.answered() >= answered + 600);
					Who who = load.takeBodies().keySet().stream().map(Who::parse).findFirst().orElseThrow();
					ClusterOfProcesses.signal("TERM", who.pid());
					ProcessHandle.of(who.pid()).ifPresent((process) -> process.onExit().join());
				}
				long answered = load.answered();
				ClusterOfProcesses.await(() -> load.answered() >= answered + 500);
				ClusterOfProcesses.report("2 restarts of one process behind a socket of systemd: " + load.answered()
						+ " requests, " + load.failures().size() + " failed");
				assertThat(load.failures()).isEmpty();
			}
		}
		finally {
			systemd.descendants().forEach(ProcessHandle::destroyForcibly);
			systemd.destroyForcibly();
		}
	}

	@Test
	void aHangUpHasAllWorkersReadTheirTlsFilesAnew() throws Exception {
		writeCertificate("before");
		try (ClusterOfProcesses cluster = ClusterOfProcesses.start(this.directory, "--iodine.cluster.processes=2",
				"--iodine.tls.certificate=" + this.directory.resolve("tls.pem"),
				"--iodine.tls.private-key=" + this.directory.resolve("tls.key"))) {
			int port = cluster.awaitPort(2);
			assertThat(certificatesOfBoth(port)).containsOnly("CN=before");
			writeCertificate("after");
			assertThat(certificatesOfBoth(port)).as("before the signal").containsOnly("CN=before");

			cluster.signal("HUP");

			ClusterOfProcesses.await(() -> certificatesOfBoth(port).equals(Set.of("CN=after")));
			Files.writeString(this.directory.resolve("tls.pem"), "no certificate");
			cluster.signal("HUP");
			cluster.awaitLine("can't be reloaded, and those in use stay");
			cluster.awaitLine("can't be reloaded, and those in use stay");
			assertThat(certificatesOfBoth(port)).as("of a broken file").containsOnly("CN=after");
		}
	}

	private void writeCertificate(String name) throws Exception {
		X509Bundle certificate = new CertificateBuilder().ecp256()
			.setIsCertificateAuthority(true)
			.subject("CN=" + name)
			.buildSelfSigned();
		Files.writeString(this.directory.resolve("tls.key"), certificate.getPrivateKeyPEM());
		Files.writeString(this.directory.resolve("tls.pem"), certificate.getCertificatePEM());
	}

	/** The subjects of the certificates of both workers. */
	private static Set<String> certificatesOfBoth(int port) {
		Map<Integer, String> subjects = new HashMap<>();
		while (subjects.size() < 2) {
			try (SSLSocket socket = (SSLSocket) trusting().createSocket(InetAddress.getLoopbackAddress(), port)) {
				socket.setSoTimeout(60_000);
				socket.getOutputStream()
					.write("GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
						.getBytes(StandardCharsets.US_ASCII));
				String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
				Who who = Who.parse(answer.substring(answer.indexOf("\r\n\r\n")).strip());
				subjects.put(who.worker(), socket.getSession().getPeerPrincipal().getName());
			}
			catch (IOException | GeneralSecurityException ex) {
				throw new AssertionError(ex);
			}
		}
		return Set.copyOf(subjects.values());
	}

	private static SSLSocketFactory trusting() throws GeneralSecurityException {
		SSLContext tls = SSLContext.getInstance("TLS");
		tls.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
		return tls.getSocketFactory();
	}

	private static boolean canConnect(int port) {
		try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private Path jar(String version) throws IOException {
		Path jar = this.directory.resolve(version + ".jar");
		try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file)) {
			out.putNextEntry(new JarEntry("cluster-version.txt"));
			out.write(version.getBytes(StandardCharsets.UTF_8));
		}
		return jar;
	}

	private static long residentKilobytes(long pid) throws IOException {
		return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
			.findFirst()
			.orElseThrow();
	}

	/** A WebSocket that waits for its end. */
	private static final class Socket implements WebSocket.Listener {

		private final CompletableFuture<Integer> code = new CompletableFuture<>();

		Socket(HttpClient http, int port, String path) throws Exception {
			http.newWebSocketBuilder()
				.buildAsync(URI.create("ws://127.0.0.1:" + port + path), this)
				.get(60, TimeUnit.SECONDS);
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
			this.code.complete(status);
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable failure) {
			this.code.complete(-1);
		}

	}

	/**
	 * Publishes 1, 2, 3 and so on to the channel with history, each confirmed, and again
	 * when the answer does not come.
	 */
	private static final class Numbers {

		private final HttpClient http;

		private final int port;

		private final Thread thread = new Thread(this::publish, "numbers");

		private volatile boolean stopped;

		private int last;

		Numbers(HttpClient http, int port) {
			this.http = http;
			this.port = port;
			this.thread.start();
		}

		private void publish() {
			while (!this.stopped) {
				String path = "/keep?number=" + (this.last + 1);
				while (!send(this.http, this.port, path, "POST").contains(":")) {
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
				}
				this.last++;
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
			}
		}

		int stop() throws InterruptedException {
			this.stopped = true;
			this.thread.join();
			return this.last;
		}

	}

	/** An event stream that comes back with the id it had last. */
	@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time writes
	private static final class Stream implements Flow.Subscriber<String> {

		private final HttpClient http;

		private final int port;

		private final AtomicInteger ended = new AtomicInteger();

		private volatile boolean open;

		private volatile boolean stopped;

		private volatile int last;

		private volatile int holes;

		private volatile int connects;

		private volatile String id = "";

		Stream(HttpClient http, int port) {
			this.http = http;
			this.port = port;
			connect();
		}

		private void connect() {
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/kept"))
				.header("Accept", "text/event-stream");
			if (!this.id.isEmpty()) {
				request.header("Last-Event-ID", this.id);
			}
			this.connects++;
			this.http.sendAsync(request.build(), BodyHandlers.fromLineSubscriber(this))
				.whenComplete((HttpResponse<Void> response, Throwable failure) -> again());
		}

		private void again() {
			this.ended.incrementAndGet();
			if (!this.stopped) {
				CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(this::connect);
			}
		}

		void stop() {
			this.stopped = true;
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.open = true;
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(String line) {
			if (line.startsWith("id: ") || line.startsWith("id:")) {
				this.id = line.substring(3).strip();
			}
			else if (line.startsWith("data:") && line.substring(5).strip().matches("\\d+")) {
				int number = Integer.parseInt(line.substring(5).strip());
				if (this.last != 0 && number != this.last + 1) {
					this.holes++;
				}
				this.last = number;
			}
		}

		@Override
		public void onError(Throwable failure) {
			// it connects again
		}

		@Override
		public void onComplete() {
			// it connects again
		}

	}

}
