package io.iodine.edge;

import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.http.HttpProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/** The limits and deadlines of HTTP/2, in clear, on real sockets. */
@Timeout(60)
class Http2TimeoutHandlerTests {

	private static final Duration SOON = Duration.ofMillis(400);

	private static final int WINDOW = 65_535;

	private static final int MEBIBYTE = 1 << 20;

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@Test
	void aBodyAnnouncedToBeTooLargeIsRefusedBeforeItComes() {
		try (GuardedServer server = server(GuardedServer.limits()); RawHttp2 client = client(server, WINDOW)) {

			client.post(1, "/echo", "content-length", Integer.toString(MEBIBYTE + 1));

			assertThat(client.next()).isEqualTo("status 413 end");
			assertThat(client.next()).isEqualTo("reset 0");
			assertThat(server.served()).isEmpty();
			assertThat(client.get(3, "/").next()).as("others go on").isEqualTo("status 200");
		}
	}

	@Test
	void aBodyThatBecomesTooLargeIsRefusedWhileItComes() {
		Duration lasting = Duration.ofMinutes(10);
		EdgeLimits small = new EdgeLimits(8192, 8192, 32768, 128, 10_000, lasting, lasting, 240, lasting, lasting, 100,
				false);
		try (GuardedServer server = server(small); RawHttp2 client = client(server, WINDOW)) {

			client.post(1, "/echo").data(1, 6_000).data(1, 6_000);

			assertThat(client.next()).isEqualTo("status 413 end");
			assertThat(client.next()).isEqualTo("reset 0");
			assertThat(client.get(3, "/").next()).as("others go on").isEqualTo("status 200");
		}
	}

	@Test
	void theClientOfTheJdkUnderstandsTheRefusal() throws Exception {
		try (GuardedServer server = server(GuardedServer.limits())) {
			HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
			URI root = URI.create("http://127.0.0.1:" + server.port() + "/");
			client.send(HttpRequest.newBuilder(root).build(), HttpResponse.BodyHandlers.discarding());

			HttpResponse<String> answer = client.send(HttpRequest.newBuilder(root.resolve("/echo"))
				.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[2 * MEBIBYTE]))
				.build(), HttpResponse.BodyHandlers.ofString());

			assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(answer.statusCode()).isEqualTo(413);
			assertThat(client.send(HttpRequest.newBuilder(root).build(), HttpResponse.BodyHandlers.ofString()).body())
				.isEqualTo("hello");
		}
	}

	@Test
	void headersAreLimitedInAllInLengthAndInNumber() {
		String[] many = new String[260];
		for (int i = 0; i < many.length; i += 2) {
			many[i] = "x-" + i;
			many[i + 1] = "a";
		}
		try (GuardedServer server = server(GuardedServer.limits()); RawHttp2 client = client(server, WINDOW)) {

			assertThat(client.get(1, "/", "x-a", "a".repeat(8_200)).next()).isEqualTo("status 431 end");
			assertThat(client.get(3, "/", many).next()).isEqualTo("status 431 end");
			assertThat(client.get(5, "/" + "a".repeat(8_200)).next()).isEqualTo("status 414 end");
			String part = "a".repeat(8_100);
			byte[] list = RawHttp2.request("GET", "/", "x-a", part, "x-b", part, "x-c", part, "x-d", part, "x-e",
					"a".repeat(600));
			byte[] first = Arrays.copyOf(list, 16_384);
			byte[] second = Arrays.copyOfRange(list, 16_384, 32_768);
			byte[] third = Arrays.copyOfRange(list, 32_768, list.length);
			client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 7, first)
				.frame(RawHttp2.CONTINUATION, 0, 7, second)
				.frame(RawHttp2.CONTINUATION, RawHttp2.END_HEADERS, 7, third);
			assertThat(client.next()).isEqualTo("status 431 end");
			assertThat(server.served()).isEmpty();
		}
	}

	@Test
	void malformedRequestsAreReset() {
		try (GuardedServer server = server(GuardedServer.limits()); RawHttp2 client = client(server, WINDOW)) {
			int whole = RawHttp2.END_HEADERS | RawHttp2.END_STREAM;

			client.frame(RawHttp2.HEADERS, whole, 1, RawHttp2.fields(":scheme", "http", ":path", "/"));
			assertThat(client.next()).as("no method").isEqualTo("reset 1");
			client.frame(RawHttp2.HEADERS, whole, 3, RawHttp2.fields(":method", "GET", ":path", "/"));
			assertThat(client.next()).as("no scheme").isEqualTo("reset 1");
			client.frame(RawHttp2.HEADERS, whole, 5, RawHttp2.fields(":method", "GET", ":scheme", "http"));
			assertThat(client.next()).as("no path").isEqualTo("reset 1");
			client.post(7, "/echo", ":protocol", "websocket");
			assertThat(client.next()).as("a protocol without CONNECT").isEqualTo("reset 1");
			client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 9,
					RawHttp2.fields(":method", "CONNECT", ":path", "/", ":protocol", "websocket"));
			assertThat(client.next()).as("an extended CONNECT without scheme").isEqualTo("reset 1");
			client.post(11, "/echo").frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 11, RawHttp2.fields("x-a", "b"));
			assertThat(client.next()).as("trailers that don't end").isEqualTo("reset 1");
			client.post(13, "/echo").frame(RawHttp2.HEADERS, whole, 13, RawHttp2.fields(":method", "GET"));
			assertThat(client.next()).as("a method in the trailers").isEqualTo("reset 1");
			client.post(15, "/echo", "content-length", "3").frame(RawHttp2.DATA, RawHttp2.END_STREAM, 15, new byte[2]);
			assertThat(client.next()).as("another length than announced").isEqualTo("reset 1");
			client.post(17, "/echo").frame(RawHttp2.HEADERS, whole, 17, RawHttp2.fields("x-a", "b"));
			assertThat(client.next()).as("trailers").startsWith("status 200");
		}
	}

	@Test
	void aClientThatDoesNotBeginIsClosed() {
		try (GuardedServer server = server(GuardedServer.limits(SOON, null, null, null));
				RawHttp2 half = new RawHttp2(server.port());
				RawHttp2 unsettled = new RawHttp2(server.port());
				RawHttp2 silent = client(server, WINDOW)) {

			half.octets("PRI * HT".getBytes(StandardCharsets.US_ASCII));
			unsettled.preface();

			assertThat(half.next()).isEqualTo("closed");
			assertThat(unsettled.next()).isEqualTo("closed");
			assertThat(silent.get(1, "/").next()).as("settled, and may be silent").isEqualTo("status 200");
		}
	}

	@Test
	void headersThatDripAreCutOff() {
		try (GuardedServer server = server(GuardedServer.limits(SOON, null, null, null));
				RawHttp2 client = client(server, WINDOW)) {
			client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.request("GET", "/"));

			for (int i = 0; i < 20; i++) {
				try {
					client.frame(RawHttp2.CONTINUATION, 0, 1, new byte[] { 0, 1, 'x', 1, 'y' });
				}
				catch (UncheckedIOException ex) {
					break;
				}
				pause(Duration.ofMillis(50));
			}

			assertThat(client.next()).isEqualTo("closed");
			assertThat(server.served()).isEmpty();
		}
	}

	@Test
	void aBodyThatStopsIsAnsweredAndOthersGoOn() {
		try (GuardedServer server = server(GuardedServer.limits(null, SOON, null, null));
				RawHttp2 client = client(server, WINDOW)) {

			client.post(1, "/echo").data(1, 10);

			assertThat(client.next()).isEqualTo("status 408 end");
			assertThat(client.next()).isEqualTo("reset 0");
			assertThat(client.get(3, "/").next()).isEqualTo("status 200");
			assertThat(this.heard).containsExactly("408");
		}
	}

	@Test
	void aBodyThatMovesMayTakeLongEvenWithinOneFrame() {
		try (GuardedServer server = server(GuardedServer.limits(null, Duration.ofSeconds(2), null, null));
				RawHttp2 client = client(server, WINDOW)) {
			client.post(1, "/echo").octets(RawHttp2.head(RawHttp2.DATA, RawHttp2.END_STREAM, 1, 16_384));

			for (int i = 0; i < 16; i++) {
				client.octets(new byte[1024]);
				pause(Duration.ofMillis(200));
			}

			assertThat(client.next()).isEqualTo("status 200");
		}
	}

	@Test
	void whoWaitsForTheApplicationIsNotBlamed() {
		Duration second = Duration.ofSeconds(1);
		try (GuardedServer server = server(GuardedServer.limits(second, second, second, second));
				RawHttp2 client = client(server, WINDOW)) {

			assertThat(client.get(1, "/later").next()).isEqualTo("status 200");
		}
	}

	@Test
	void aClientThatGivesNoRoomIsClosedWhenNothingElseIsOpen() throws Exception {
		try (GuardedServer server = server(GuardedServer.limits(null, null, SOON, null));
				RawHttp2 client = client(server, 1000)) {

			client.get(1, "/large");

			assertThat(client.next()).isEqualTo("status 200");
			assertThat(client.next()).isEqualTo("data 1000");
			assertThat(this.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("slow reader");
			assertThat(client.next()).isIn("reset 8", "closed");
		}
	}

	@Test
	void aStalledStreamIsResetBesideOneThatMoves() {
		try (GuardedServer server = server(GuardedServer.limits(null, null, Duration.ofSeconds(2), null));
				RawHttp2 client = client(server, 1000)) {
			client.get(1, "/large");
			assertThat(client.next()).isEqualTo("status 200");
			assertThat(client.next()).isEqualTo("data 1000");
			client.get(3, "/large");
			assertThat(client.next()).isEqualTo("status 200");
			assertThat(client.next()).isEqualTo("data 1000");

			String next = "data 100";
			for (int i = 0; i < 100 && next.equals("data 100"); i++) {
				pause(Duration.ofMillis(100));
				next = client.window(3, 100).next();
			}

			assertThat(next).isEqualTo("reset 8");
			assertThat(client.window(3, 100).next()).as("the one that moves").startsWith("data");
		}
	}

	@Test
	void aClientThatTakesNothingFromItsSocketIsClosed() throws Exception {
		try (GuardedServer server = server(GuardedServer.limits(null, null, SOON, null));
				RawHttp2 client = client(server, Integer.MAX_VALUE)) {

			client.window(0, 1 << 30).get(1, "/large");

			assertThat(this.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("slow reader");
			assertThat(client.next()).isEqualTo("status 200");
			assertThat(afterBody(client)).isEqualTo("closed");
		}
	}

	@Test
	void moreStreamsThanAllowedAreRefusedOneByOne() {
		try (GuardedServer server = server(GuardedServer.limits()); RawHttp2 client = client(server, WINDOW)) {
			client.get(1, "/");
			assertThat(client.next()).isEqualTo("status 200");
			client.frame(RawHttp2.SETTINGS, 1, 0, new byte[0]);

			for (int i = 0; i < 101; i++) {
				client.post(3 + 2 * i, "/echo");
			}

			assertThat(afterBody(client)).as("REFUSED_STREAM").isEqualTo("reset 7");
		}
	}

	@Test
	void aFloodOfResetsEndsTheConnection() {
		try (GuardedServer server = server(GuardedServer.limits()); RawHttp2 client = client(server, WINDOW)) {

			for (int i = 0; i < 201; i++) {
				client.post(1 + 2 * i, "/echo").frame(RawHttp2.RESET, 0, 1 + 2 * i, new byte[] { 0, 0, 0, 8 });
			}

			assertThat(client.next()).as("ENHANCE_YOUR_CALM").isEqualTo("goaway 11");
		}
	}

	@Test
	void anUnusedConnectionIsClosed() {
		try (GuardedServer server = server(GuardedServer.limits(null, null, null, Duration.ofSeconds(1)));
				RawHttp2 client = client(server, WINDOW)) {
			client.get(1, "/");

			assertThat(client.next()).isEqualTo("status 200");
			assertThat(afterBody(client)).isEqualTo("closed");
		}
	}

	private GuardedServer server(EdgeLimits limits) {
		EdgeObserver observer = new EdgeObserver() {

			@Override
			public void onRejected(int status, String reason) {
				Http2TimeoutHandlerTests.this.heard.add(Integer.toString(status));
			}

			@Override
			public void onSlowReader() {
				Http2TimeoutHandlerTests.this.heard.add("slow reader");
			}

		};
		return new GuardedServer(limits, observer, (plain) -> plain.protocol(HttpProtocol.H2C, HttpProtocol.HTTP11));
	}

	/** The next thing that is said, when what a body consists of does not matter. */
	private static String afterBody(RawHttp2 client) {
		String next = client.next();
		while (next.startsWith("data")) {
			next = client.next();
		}
		return next;
	}

	private static RawHttp2 client(GuardedServer server, int window) {
		return new RawHttp2(server.port()).begin(window);
	}

	private static void pause(Duration time) {
		LockSupport.parkNanos(time.toNanos());
	}

}
