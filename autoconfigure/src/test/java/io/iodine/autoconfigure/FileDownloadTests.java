package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Files that change, clients that are slow, servers that start again. */
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class FileDownloadTests {

	private static final int CLIENTS = 200;

	private static final int RESPONSES = 10;

	private static final long GIBIBYTE = 1L << 30;

	/**
	 * A second, for which a look at the disk is believed, and what a busy machine adds.
	 */
	private static final long BELIEVED = 3_000_000_000L;

	@TempDir
	Path root;

	@Test
	void everyResponseIsOneWholeVersionWhileFilesAreReplaced() throws Exception {
		replace("kept.txt", 0);
		replace("opened.txt", 0);
		Semaphore responses = new Semaphore(0);
		ExecutorService pool = Executors.newCachedThreadPool();

		try (FileServer server = FileServer.serving(this.root, "iodine.static.cache-file-size=2KB")) {
			List<Future<Integer>> readers = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				String target = (i % 2 == 0) ? "/kept.txt" : "/opened.txt";
				readers.add(pool.submit(() -> readVersions(server, target, responses)));
			}
			for (int version = 1; version <= CLIENTS; version++) {
				responses.acquire(RESPONSES / 2);
				replace("kept.txt", version);
				replace("opened.txt", version);
			}

			for (Future<Integer> reader : readers) {
				assertThat(reader.get()).isEqualTo(RESPONSES);
			}
		}
		finally {
			pool.shutdownNow();
		}
	}

	@Test
	void aChangeShowsAfterASecond() throws Exception {
		replace("kept.txt", 1);
		try (FileServer server = FileServer.serving(this.root); Socket socket = server.connect()) {
			String before = FileServer.exchange(socket, "GET", "/kept.txt").body();
			FileServer.exchange(socket, "GET", "/kept.txt");
			replace("kept.txt", 2);

			assertThat(lastAfter(System.nanoTime(), socket, before)).isLessThan(BELIEVED);
			Files.delete(this.root.resolve("kept.txt"));
			String changed = FileServer.exchange(socket, "GET", "/kept.txt").body();
			if (!changed.equals(FileServer.APPLICATION)) {
				assertThat(lastAfter(System.nanoTime(), socket, changed)).isLessThan(BELIEVED);
			}
			assertThat(FileServer.exchange(socket, "GET", "/kept.txt").body()).isEqualTo(FileServer.APPLICATION);
		}
	}

	@Test
	void aFileThatShrinksWhileItIsSentClosesTheConnection() throws IOException {
		sparse("shrinking.bin", GIBIBYTE);
		try (FileServer server = FileServer.serving(this.root); Socket socket = server.connect()) {
			FileServer.write(socket, FileServer.request("GET", "/shrinking.bin"));
			InputStream in = socket.getInputStream();
			in.readNBytes(1000);
			try (RandomAccessFile file = new RandomAccessFile(this.root.resolve("shrinking.bin").toFile(), "rw")) {
				file.setLength(1000);
			}

			long received = 1000 + in.transferTo(OutputStream.nullOutputStream());

			assertThat(received).isLessThan(GIBIBYTE);
		}
	}

	@Test
	void aDownloadThatMovesSlowlyOutlivesTheIdleTimeoutAndHoldsNoThread() throws IOException {
		sparse("large.bin", 64 << 20);
		try (FileServer server = FileServer.serving(this.root, "server.netty.idle-timeout=1s",
				"iodine.static.threads=1", "iodine.static.stall-timeout=10s"); Socket slow = server.connect()) {
			FileServer.write(slow, FileServer.request("GET", "/large.bin"));
			InputStream in = slow.getInputStream();
			long received = 0;
			for (int turn = 0; turn < 30; turn++) {
				received += in.readNBytes(100_000).length;
				// another client takes its time, which is all the time that passes here
				assertThat(server.get("/held-not?" + turn).body()).isEqualTo(FileServer.APPLICATION);
				LockSupport.parkNanos(50_000_000); // the pace of the client
			}
			received += in.transferTo(OutputStream.nullOutputStream());

			assertThat(received).isGreaterThan(64 << 20);
		}
	}

	@Test
	void aDownloadThatStandsStillIsCut() throws Exception {
		sparse("large.bin", 256 << 20);
		try (FileServer server = FileServer.serving(this.root, "iodine.static.stall-timeout=1s");
				Socket socket = server.connect()) {
			FileServer.write(socket, FileServer.request("GET", "/large.bin"));
			await(() -> openFiles("large.bin") == 1);

			await(() -> openFiles("large.bin") == 0);
		}
	}

	@Test
	void aServerStartsAgainInTheSameVirtualMachineAndLeavesNoThread() throws Exception {
		Files.writeString(this.root.resolve("a.txt"), "a");
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		for (int start = 0; start < 2; start++) {
			try (FileServer server = FileServer.serving(this.root)) {
				assertThat(server.get("/a.txt").body()).isEqualTo("a");
			}
		}

		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			if (thread.getName().startsWith("iodine-file") && !before.contains(thread)) {
				thread.join(10_000);
				assertThat(thread.isAlive()).as(thread.getName()).isFalse();
			}
		}
	}

	/**
	 * How long after the change the old version was still sent, in nanoseconds: by the
	 * time at which the last request for it was made.
	 */
	private static long lastAfter(long change, Socket socket, String old) throws IOException {
		long last = 0;
		for (long asked = System.nanoTime(); FileServer.exchange(socket, "GET", "/kept.txt").body().equals(old);) {
			last = asked - change;
			assertThat(last).as("time with the old version").isLessThan(30_000_000_000L);
			LockSupport.parkNanos(5_000_000); // the pace of the client
			asked = System.nanoTime();
		}
		return last;
	}

	/** A version is its number, repeated: a mixture shows. */
	private void replace(String name, int version) throws IOException {
		int repetitions = name.startsWith("kept") ? 100 + version % 7 : 4_000 + version % 7;
		Path next = this.root.resolve(name + ".next");
		Files.write(next, "%07d\n".formatted(version).repeat(repetitions).getBytes(StandardCharsets.US_ASCII));
		Files.move(next, this.root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
	}

	private static int readVersions(FileServer server, String target, Semaphore responses) throws IOException {
		int whole = 0;
		try (Socket socket = server.connect()) {
			for (int i = 0; i < RESPONSES; i++) {
				String body = FileServer.exchange(socket, "GET", target).body();
				String line = body.substring(0, 8);
				whole += body.equals(line.repeat(body.length() / 8)) ? 1 : 0;
				responses.release();
			}
		}
		return whole;
	}

	private void sparse(String name, long size) throws IOException {
		try (RandomAccessFile file = new RandomAccessFile(this.root.resolve(name).toFile(), "rw")) {
			file.setLength(size);
		}
	}

	private static long openFiles(String name) throws IOException {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter((descriptor) -> {
				try {
					return Files.readSymbolicLink(descriptor).endsWith(name);
				}
				catch (IOException ex) {
					return false;
				}
			}).count();
		}
	}

	private static void await(Callable<Boolean> condition) throws Exception {
		long deadline = System.nanoTime() + 30_000_000_000L;
		while (!condition.call()) {
			assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
			LockSupport.parkNanos(5_000_000); // the pace of the looks
		}
	}

}
