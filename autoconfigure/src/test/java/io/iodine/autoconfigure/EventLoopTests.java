package io.iodine.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Message;
import io.iodine.UnloggableException;
import io.iodine.net.EventLoop;
import io.iodine.net.EventServer;
import io.iodine.net.EventStream;
import io.iodine.task.Timer;
import io.iodine.task.Timers;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EventLoop}, with the programs of the article.
 */
@Timeout(60)
class EventLoopTests {

	@TempDir
	Path folder;

	private ConfigurableApplicationContext context;

	private EventLoop loop;

	@BeforeEach
	void start() {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=warn", "spring.jmx.enabled=false",
					"iodine.close-timeout=500ms")
			.run();
		this.loop = this.context.getBean(EventLoop.class);
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	@SuppressWarnings("try") // the close is what is tested
	void theChatOfTheArticleSaysWhatTheArticleShows() throws Exception {
		ChatServer chat = new ChatServer();
		EventServer server = this.loop.listen("127.0.0.1", 0);
		chat.add(server);
		runInBackground();

		try (Socket one = connect(server); Socket two = connectAfter(server)) {
			expect(one, "User #2 joined\n");
			say(two, "Hi\n");
			expect(two, "User #2 said: Hi\n");
			expect(one, "User #2 said: Hi\n");
			say(one, "Hi\n");
			expect(one, "User #1 said: Hi\n");
			expect(two, "User #1 said: Hi\n");
			say(two, "Bye\n");
			expect(one, "User #2 said: Bye\n");
			expect(two, "User #2 said: Bye\n");
			two.close();
			expect(one, "User #2 left");
		}
	}

	@Test
	void aStreamThatCannotBeginIsNoneOfTheLoop() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.loop.connect("127.0.0.1", 0));

		assertThat(this.loop.streams()).isEmpty();
	}

	@Test
	void whatIsWrittenBeforeTheStartIsSentAfterIt() throws Exception {
		List<String> printed = new ArrayList<>();
		try (ServerSocket web = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			EventStream ruby = this.loop.connect("127.0.0.1", web.getLocalPort());
			ruby.write("GET / HTTP/1.0\r\n\r\n");
			ruby.on("data", (chunk) -> printed.add(((Message) chunk[0]).asText()));
			ruby.on("close", (nothing) -> this.loop.stop());
			answerInBackground(web);

			this.loop.start();

			assertThat(String.join("", printed)).isEqualTo("GET / HTTP/1.0 was asked");
			assertThat(this.loop.streams()).isEmpty();
		}
	}

	@Test
	void aServerThatIsNotThereIsAnErrorAndAClose() throws IOException {
		List<String> events = new ArrayList<>();
		int port;
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = taken.getLocalPort();
		}

		this.loop.connect("127.0.0.1", port)
			.on("error", (failure) -> events.add("error"))
			.on("close", (nothing) -> events.add("close"))
			.on("close", (nothing) -> this.loop.stop());
		this.loop.start();

		assertThat(events).containsExactly("error", "close");
	}

	@Test
	void aFileIsReadAndWritten() throws IOException {
		Path file = Files.writeString(this.folder.resolve("file.txt"), "x".repeat(10_000));
		StringBuilder read = new StringBuilder();
		AtomicInteger chunks = new AtomicInteger();

		this.loop.open(file).on("data", (chunk) -> {
			chunks.incrementAndGet();
			read.append(((Message) chunk[0]).asText());
		}).on("close", (nothing) -> this.loop.stop());
		EventStream copy = this.loop.open(this.folder.resolve("copy.txt"), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE);
		copy.write("copied");
		copy.close();
		this.loop.start();

		assertThat(read).hasSize(10_000);
		assertThat(chunks).hasValue(3);
		assertThat(this.folder.resolve("copy.txt")).hasContent("copied");
	}

	@Test
	void listenersAreManyAndAnExceptionOfOneIsAnErrorOfTheStream() {
		List<String> events = new ArrayList<>();
		EventServer server = this.loop.listen("127.0.0.1", 0)
			.on("ping", (arguments) -> events.add("one " + arguments[0]))
			.on("ping", (arguments) -> {
				throw new IllegalStateException("on purpose");
			})
			.on("ping", (arguments) -> {
				throw new UnloggableException();
			})
			.on("ping", (arguments) -> {
				throw new StackOverflowError();
			})
			.on("error", (failure) -> events.add("error"))
			.on("ping", (arguments) -> events.add("three"));

		server.emit("ping", 7);

		assertThat(events).containsExactly("one 7", "error", "error", "error", "three");
	}

	@Test
	void anErrorOfATaskEndsNothing() {
		List<String> events = new ArrayList<>();
		this.loop.after(Duration.ofMillis(1), () -> {
			throw new UnloggableException();
		});
		this.loop.after(Duration.ofMillis(5), () -> {
			throw new StackOverflowError();
		});
		this.loop.after(Duration.ofMillis(20), () -> events.add("later"))
			.onFinish(() -> this.loop.after(Duration.ofMillis(1), this.loop::stop));

		this.loop.start();

		assertThat(events).containsExactly("later");
	}

	@Test
	void timersRunOnTheLoop() {
		List<Thread> threads = new ArrayList<>();
		this.loop.after(Duration.ofMillis(20), () -> threads.add(Thread.currentThread()));
		this.loop.every(Duration.ofMillis(5), 3, () -> threads.add(Thread.currentThread()))
			.onFinish(() -> this.loop.after(Duration.ofMillis(20), this.loop::stop));

		this.loop.start();

		assertThat(threads).hasSize(4).containsOnly(Thread.currentThread());
	}

	@Test
	void aTimerForEverDoesNotPileUpWhileTheLoopIsPaused() throws InterruptedException {
		AtomicInteger runs = new AtomicInteger();
		CountDownLatch elapsed = new CountDownLatch(1);
		Timer timer = this.loop.every(Duration.ofMillis(1), 0, runs::incrementAndGet);
		this.context.getBean(Timers.class).runEvery(Duration.ofMillis(5), 20, () -> {
		}).onFinish(elapsed::countDown);
		elapsed.await();

		assertThat(this.loop.tick(Duration.ofSeconds(20))).isTrue();

		assertThat(runs).hasValue(1);
		timer.cancel();
	}

	@Test
	void aLoopThatIsPausedEndsItsStreamsWithTheApplication() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		EventServer server = this.loop.listen("127.0.0.1", 0)
			.on("accept", (stream) -> ((EventStream) stream[0]).on("close", (nothing) -> events.add("stream")))
			.on("close", (nothing) -> events.add("server"));
		try (Socket peer = connect(server)) {
			while (this.loop.streams().isEmpty()) {
				this.loop.tick(Duration.ofSeconds(1));
			}

			this.context.close();

			assertThat(events).containsExactlyInAnyOrder("stream", "server");
			assertThat(peer.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void aStreamMayBeRemovedWhileEventsAreDispatched() throws Exception {
		AtomicInteger heard = new AtomicInteger();
		List<EventStream> accepted = new ArrayList<>();
		EventServer server = this.loop.listen("127.0.0.1", 0).on("accept", (stream) -> {
			EventStream one = (EventStream) stream[0];
			accepted.add(one);
			one.on("data", (chunk) -> {
				heard.incrementAndGet();
				accepted.forEach(this.loop::remove);
			}).on("data", (chunk) -> heard.incrementAndGet());
		});

		try (Socket first = connect(server); Socket second = connect(server)) {
			while (accepted.size() < 2) {
				this.loop.tick(Duration.ofSeconds(1));
			}
			say(first, "one");
			say(second, "two");
			while (!this.loop.streams().isEmpty() || heard.get() == 0) {
				this.loop.tick(Duration.ofSeconds(1));
			}

			assertThat(first.getInputStream().read()).isEqualTo(-1);
			assertThat(second.getInputStream().read()).isEqualTo(-1);
		}
		assertThat(heard).as("both listeners of the stream that was first").hasValue(2);
	}

	@Test
	void aLoopThatIsPausedReadsNoFurtherAndGoesOn() throws Exception {
		AtomicInteger bytes = new AtomicInteger();
		EventServer server = this.loop.listen("127.0.0.1", 0);
		server.on("accept", (stream) -> ((EventStream) stream[0]).on("data",
				(chunk) -> bytes.addAndGet(((Message) chunk[0]).size())));
		byte[] block = new byte[1 << 20];
		CountDownLatch sent = new CountDownLatch(1);
		try (Socket socket = connect(server)) {
			Thread writer = new Thread(() -> {
				try {
					for (int i = 0; i < 64; i++) {
						socket.getOutputStream().write(block);
					}
					sent.countDown();
				}
				catch (IOException ex) {
					Thread.currentThread().interrupt();
				}
			});
			writer.start();
			assertThat(sent.await(300, TimeUnit.MILLISECONDS)).isFalse();

			while (bytes.get() < 64 << 20) {
				this.loop.tick(Duration.ofMillis(100));
			}

			assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
			writer.join();
		}
	}

	@Test
	void aWriterIsToldThatItsStreamIsFullAndWritableAgain() throws Exception {
		List<String> events = new ArrayList<>();
		EventServer server = this.loop.listen("127.0.0.1", 0);
		server.on("accept", (accepted) -> {
			EventStream stream = (EventStream) accepted[0];
			stream.on("full", (nothing) -> events.add("full")).on("writable", (nothing) -> {
				events.add("writable");
				this.loop.stop();
			});
			while (stream.write(Message.binary(new byte[1500]))) {
				assertThat(events).isEmpty();
			}
		});
		try (Socket socket = connect(server)) {
			Thread reader = new Thread(() -> {
				try {
					socket.getInputStream().transferTo(OutputStream.nullOutputStream());
				}
				catch (IOException ex) {
					Thread.currentThread().interrupt();
				}
			});
			reader.start();

			this.loop.start();

			assertThat(events).startsWith("full", "writable");
		}
	}

	@Test
	void inBlockingModeAStreamThatBlocksKeepsNoOtherWaiting() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		EventServer server = this.loop.blocking().listen("127.0.0.1", 0);
		server.on("accept", (accepted) -> {
			EventStream stream = (EventStream) accepted[0];
			stream.on("data", (chunk) -> {
				if (((Message) chunk[0]).asText().equals("block")) {
					release.await();
				}
				stream.write("done");
			});
		});
		try (Socket blocked = connect(server); Socket free = connect(server)) {
			say(blocked, "block");
			say(free, "go");
			expect(free, "done");
			release.countDown();
			expect(blocked, "done");
		}
	}

	private void runInBackground() {
		Thread thread = new Thread(this.loop::start, "loop");
		thread.setDaemon(true);
		thread.start();
	}

	private static Socket connect(EventServer server) throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), server.port());
	}

	/** Once the loop has accepted the first. */
	private Socket connectAfter(EventServer server) throws IOException {
		Awaitility.await().until(() -> this.loop.streams().size() == 1);
		return connect(server);
	}

	private static void say(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
	}

	private static void expect(Socket socket, String text) throws IOException {
		assertThat(new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8))
			.isEqualTo(text);
	}

	private static void answerInBackground(ServerSocket web) {
		Thread thread = new Thread(() -> {
			try (Socket socket = web.accept();
					BufferedReader in = new BufferedReader(
							new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
				say(socket, in.readLine() + " was asked");
			}
			catch (IOException ex) {
				Thread.currentThread().interrupt();
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	/** The program of the article. */
	private static final class ChatServer {

		private final List<EventStream> clients = new ArrayList<>();

		private int clientId;

		void add(EventServer server) {
			server.on("accept", (stream) -> addClient((EventStream) stream[0]));
		}

		private void addClient(EventStream stream) {
			int id = ++this.clientId;
			send("User #" + id + " joined\n");
			stream.on("data", (chunk) -> send("User #" + id + " said: " + ((Message) chunk[0]).asText()));
			stream.on("close", (nothing) -> {
				this.clients.remove(stream);
				send("User #" + id + " left");
			});
			this.clients.add(stream);
		}

		private void send(String text) {
			this.clients.forEach((stream) -> stream.write(text));
		}

	}

	/** Nothing but what is auto-configured. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
