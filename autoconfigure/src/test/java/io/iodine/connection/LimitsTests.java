package io.iodine.connection;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.Upgrader;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of limits on real sockets, each reached. */
@SuppressWarnings("try") // some peers need only be there
@OnEachWebServer
class LimitsTests {

	private static final String QUIET = "logging.level.io.iodine.connection=off";

	private final Recorder recorder = new Recorder();

	@Test
	void aFloodOfMessagesIsClosedWith1008() {
		try (TestServer server = TestServer.start("iodine.rate.messages-per-second=1", "iodine.rate.burst=20", QUIET);
				RawPeer peer = RawPeer.webSocket(server, server.serve(this.recorder))) {
			for (int i = 0; i < 100; i++) {
				peer.text("flood " + i);
			}

			assertThat(peer.frame()).hasToString("close 1008 sends too many messages");
			for (int i = 0; i < 20; i++) {
				assertThat(this.recorder.events.nextOf("text")).isEqualTo("text flood " + i);
			}
		}
		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PROTOCOL_ERROR 1008 sends too many messages");
	}

	@Test
	void aFloodOfPingsIsClosedWith1008() {
		try (TestServer server = TestServer.start("iodine.rate.messages-per-second=1", "iodine.rate.burst=3", QUIET);
				RawPeer peer = RawPeer.webSocket(server, server.serve(this.recorder))) {
			for (int i = 0; i < 10; i++) {
				peer.send(RawPeer.frame(0x89));
			}

			RawPeer.Frame frame = peer.frame();
			while (frame.first() == 0x8A) {
				frame = peer.frame();
			}
			assertThat(frame).hasToString("close 1008 sends too many messages");
		}
	}

	@Test
	void whoeverKeepsToTheRateIsHeard() {
		try (TestServer server = TestServer.start("iodine.rate.messages-per-second=1000000", QUIET);
				RawPeer peer = RawPeer.webSocket(server, server.serve(this.recorder))) {
			for (int i = 0; i < 1000; i++) {
				peer.text("steady " + i);
			}

			for (int i = 0; i < 1000; i++) {
				assertThat(this.recorder.events.nextOf("text")).isEqualTo("text steady " + i);
			}
		}
	}

	@Test
	void overTheNumberOfConnectionsTheAnswerIs503UntilOneCloses() {
		try (TestServer server = TestServer.start("iodine.connections.max=2", QUIET);
				RawPeer first = RawPeer.webSocket(server, server.serve(this.recorder));
				RawPeer second = RawPeer.eventStream(server, server.serve(new Recorder()));
				RawPeer third = new RawPeer(server.port())) {
			String path = server.serve(new Recorder());

			RawPeer.Head rejected = third.handshake(path).expect(503);

			assertThat(rejected.header("Retry-After")).isEqualTo("10");
			first.send(RawPeer.closeFrame(1000, ""));
			this.recorder.events.nextOf("close");
			await().until(() -> server.connections().count() == 1);
			try (RawPeer fourth = RawPeer.webSocket(server, path); RawPeer fifth = new RawPeer(server.port())) {
				fifth.handshake(path).expect(503);
			}
		}
	}

	@Test
	void theOneThousandAndFirstIsRefused() {
		List<RawPeer> peers = new ArrayList<>();
		try (TestServer server = TestServer.start("iodine.connections.max=1000", QUIET);
				RawPeer last = new RawPeer(server.port())) {
			String path = server.serve(this.recorder);
			for (int i = 0; i < 1000; i++) {
				peers.add(RawPeer.webSocket(server, path));
			}

			last.handshake(path).expect(503);

			peers.forEach(RawPeer::close);
			await().until(() -> server.connections().count() == 0);
			try (RawPeer next = RawPeer.webSocket(server, path)) {
				await().until(() -> server.connections().count() == 1);
			}
		}
	}

	@Test
	void requestsThatAreNotUpgradedTakeNoPlace() {
		try (TestServer server = TestServer.start(List.of(Rejecting.class), "iodine.connections.max=1", QUIET)) {
			String path = server.serve(this.recorder);
			for (int i = 0; i < 5; i++) {
				try (RawPeer stranger = new RawPeer(server.port()); RawPeer rejected = new RawPeer(server.port())) {
					stranger.handshake(path, "Origin: https://evil.example").expect(403);
					rejected.handshake("/rejecting").expect(418);
				}
			}

			try (RawPeer welcome = RawPeer.webSocket(server, path)) {
				assertThat(this.recorder.client().isOpen()).isTrue();
			}
		}
	}

	@Test
	void aRequestOfTwoOriginsIsRejectedThoughTheFirstIsTheOwn() {
		try (TestServer server = TestServer.start(QUIET);
				RawPeer page = new RawPeer(server.port());
				RawPeer socket = new RawPeer(server.port());
				RawPeer stream = new RawPeer(server.port())) {
			String own = "Origin: " + server.uri("http", "");
			String other = "Origin: https://evil.example";
			String path = server.serve(this.recorder);
			page.handshake(path, own).expect(101);

			socket.handshake(path, own, other).expect(403);
			stream.get(path, "Accept: text/event-stream", own, other).expect(403);
		}
	}

	@Test
	void aForwardedHostThatIsNoneIsABadRequest() {
		try (TestServer server = TestServer.start("server.forward-headers-strategy=framework", QUIET);
				RawPeer peer = new RawPeer(server.port())) {
			peer.handshake(server.serve(this.recorder), "X-Forwarded-Host: a b").expect(400);
		}
	}

	@Test
	void anAddressIsThatOfTheClientBehindProxiesWhenBootTrustsThem() {
		try (TestServer server = TestServer.start("iodine.connections.max-per-address=1",
				"server.forward-headers-strategy=framework", QUIET);
				RawPeer first = new RawPeer(server.port());
				RawPeer second = new RawPeer(server.port());
				RawPeer third = new RawPeer(server.port())) {
			String path = server.serve(this.recorder);
			first.handshake(path, "X-Forwarded-For: 192.0.2.1").expect(101);

			second.handshake(path, "X-Forwarded-For: 192.0.2.1").expect(429);

			third.handshake(path, "X-Forwarded-For: 192.0.2.2").expect(101);
		}
	}

	@Test
	void overTheRateOfConnectionsTheAnswerIs429() {
		try (TestServer server = TestServer.start("iodine.connections.max-per-second=1", QUIET);
				RawPeer first = RawPeer.webSocket(server, server.serve(this.recorder));
				RawPeer second = new RawPeer(server.port());
				RawPeer third = new RawPeer(server.port())) {
			String path = server.serve(new Recorder());
			second.handshake(path);
			third.handshake(path);

			List<Integer> answers = List.of(second.head().status(), third.head().status());

			assertThat(answers).contains(429);
		}
	}

	@Test
	void whenTooMuchWaitsForAllSlowReadersTheWorstGoesFirst() {
		Recorder other = new Recorder();
		try (TestServer server = TestServer.start("iodine.send-queue.max-size=64MB",
				"iodine.send-queue.max-total-size=8MB", "iodine.close-timeout=100ms", QUIET);
				RawPeer worse = new RawPeer(server.port(), 4096);
				RawPeer better = new RawPeer(server.port(), 4096)) {
			worse.handshake(server.serve(this.recorder)).expect(101);
			better.handshake(server.serve(other)).expect(101);
			Message large = Message.text("x".repeat(64 * 1024));
			Connection one = this.recorder.client();
			Connection two = other.client();
			while (two.pending() < 2) {
				two.write(large);
			}

			while (one.isOpen()) {
				one.write(large);
				EventLoopRuns.await(one);
			}

			assertThat(this.recorder.events.nextOf("close"))
				.isEqualTo("close OVERFLOW 1013 too much waits for slow readers");
			assertThat(two.isOpen()).isTrue();
			await().until(() -> server.connections().blockedBytes() < 8 * 1024 * 1024);
		}
	}

	@Test
	void whenTooMuchWaitsForAllCallbacksNobodyIsReadUntilThereIsRoom() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		List<String> heard = new ArrayList<>();
		ConnectionHandler slow = new ConnectionHandler() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				gate.await(30, TimeUnit.SECONDS);
			}

		};
		ConnectionHandler quick = new ConnectionHandler() {

			@Override
			public void onMessage(Connection client, Message message) {
				heard.add(message.asText());
				client.write("heard " + heard.size());
			}

		};
		try (TestServer server = TestServer.start("iodine.receive-queue.max-total-size=256KB", QUIET);
				RawPeer busy = RawPeer.webSocket(server, server.serve(slow));
				RawPeer other = RawPeer.webSocket(server, server.serve(quick))) {
			for (int i = 0; i < 10; i++) {
				busy.text("x".repeat(60_000));
			}
			await().until(() -> isFull(server));

			other.text("first").text("second");
			assertThat(other.frame()).hasToString("text heard 1");
			gate.countDown();

			assertThat(other.frame()).hasToString("text heard 2");
			assertThat(heard).containsExactly("first", "second");
		}
	}

	@Test
	void aFloodOfAChannelDoesNotKeepTheApplicationFromDeferring() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		Recorder blocking = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				this.events.add("blocks");
				gate.await(30, TimeUnit.SECONDS);
			}

		};
		try (TestServer server = TestServer.start("iodine.pubsub.listener.max-pending=4",
				"iodine.send-queue.overflow=drop-newest", QUIET);
				RawPeer peer = RawPeer.webSocket(server, server.serve(blocking))) {
			Connection client = blocking.client();
			client.subscribe("flood", (channel, message) -> blocking.events.add(message.asText()));
			peer.text("block");
			blocking.events.nextOf("blocks");
			for (int i = 0; i < 20; i++) {
				server.pubSub().publish("flood", "heard " + i);
			}
			EventLoopRuns.await(client);

			boolean deferred = client.defer(() -> blocking.events.add("deferred"));
			gate.countDown();

			assertThat(deferred).isTrue();
			for (int i = 0; i < 4; i++) {
				assertThat(blocking.events.nextOf("heard")).isEqualTo("heard " + i);
			}
			assertThat(blocking.events.next()).isEqualTo("deferred");
		}
	}

	@Test
	void aUserHasTheirShareOfConnections() {
		try (TestServer server = TestServer.start(List.of(Login.class), "iodine.connections.max-per-principal=1",
				QUIET);
				RawPeer first = new RawPeer(server.port());
				RawPeer second = new RawPeer(server.port());
				RawPeer third = new RawPeer(server.port())) {
			String path = server.serve(this.recorder);
			first.handshake(path, "X-User: ada").expect(101);

			second.handshake(path, "X-User: ada").expect(429);

			third.handshake(path, "X-User: bob").expect(101);
		}
	}

	@Test
	void memoryStaysFlatWhileReadersStall() {
		try (TestServer server = TestServer.start("iodine.send-queue.overflow=drop-oldest", QUIET)) {
			List<RawPeer> stalled = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				Recorder each = new Recorder();
				RawPeer peer = new RawPeer(server.port(), 4096);
				peer.handshake(server.serve(each)).expect(101);
				each.client().subscribe("feed");
				stalled.add(peer);
			}
			try (RawPeer reader = RawPeer.webSocket(server, server.serve(this.recorder))) {
				this.recorder.client().subscribe("feed");
				publish(server.pubSub(), reader, 3_000);
				long before = usedHeap();

				publish(server.pubSub(), reader, 10_000);

				assertThat(usedHeap() - before).isLessThan(48 * 1024 * 1024);
				assertThat(server.connections().blockedBytes()).isLessThanOrEqualTo(11 * 1024 * 1024);
			}
			stalled.forEach(RawPeer::close);
		}
	}

	/** Ten thousand would be 160 MB, if they were kept. */
	private static void publish(PubSub pubSub, RawPeer reader, int messages) {
		for (int i = 0; i < messages; i++) {
			String text = i + "x".repeat(16 * 1024);
			pubSub.publish("feed", text);
			assertThat(reader.frame().payload()).hasSize(text.length());
		}
	}

	private static long usedHeap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	private static boolean isFull(TestServer server) {
		return server.connections().receiveMemory().isFull();
	}

	/** Believes what it is told. */
	@Configuration(proxyBeanMethods = false)
	static class Login {

		@Bean
		WebFilter login() {
			return (exchange, chain) -> {
				Principal user = () -> String.valueOf(exchange.getRequest().getHeaders().getFirst("X-User"));
				return chain.filter(exchange.mutate().principal(Mono.just(user)).build());
			};
		}

		@Bean
		Filter servletLogin() {
			return (request, response, chain) -> chain
				.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request) {

					@Override
					public Principal getUserPrincipal() {
						return () -> String.valueOf(getHeader("X-User"));
					}

				}, response);
		}

	}

	/** Rejects everybody. */
	@Configuration(proxyBeanMethods = false)
	static class Rejecting {

		@Bean
		@UpgradeHandler("/rejecting")
		Upgrader rejecting() {
			return (request) -> Upgrade.reject(418);
		}

	}

}
