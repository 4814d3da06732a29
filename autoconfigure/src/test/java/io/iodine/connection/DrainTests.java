package io.iodine.connection;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests of a server that goes away.
 */
@SuppressWarnings("try") // some peers need only be there
@OnEachWebServer
class DrainTests {

	@AutoClose("shutdown")
	private final ExecutorService stopper = Executors.newSingleThreadExecutor();

	private final CountDownLatch gate = new CountDownLatch(1);

	private final Recorder farewell = new Recorder() {

		@Override
		public void onShutdown(Connection client) throws Exception {
			super.onShutdown(client);
			client.write("farewell");
		}

	};

	@Test
	void everyOneIsToldAndWhatIsWrittenThenIsDelivered() throws Exception {
		TestServer server = TestServer.start();
		Recorder events = farewellTo();
		Recorder bytes = farewellTo();
		try (RawPeer webSocket = RawPeer.webSocket(server, server.serve(this.farewell));
				RawPeer eventStream = RawPeer.eventStream(server, server.serve(events));
				RawPeer raw = RawPeer.raw(server, server.serve(bytes))) {
			this.farewell.client();
			events.client();
			bytes.client();

			Future<?> stopped = this.stopper.submit(server::close);

			assertThat(webSocket.frame()).hasToString("text farewell");
			assertThat(webSocket.frame()).hasToString("close 1001");
			webSocket.send(RawPeer.closeFrame(1001, ""));
			assertThat(webSocket.rest()).isEmpty();
			assertThat(eventStream.event()).matches("retry: [1-5]\\d{3}\n\n");
			assertThat(eventStream.event()).isEqualTo("data: farewell\n\n");
			assertThat(eventStream.rest()).isEqualTo("0\r\n\r\n");
			eventStream.close();
			assertThat(raw.rest()).isEqualTo("farewell");
			raw.close();
			stopped.get(30, TimeUnit.SECONDS);
			assertThat(this.farewell.events.next()).isEqualTo("open");
			assertThat(this.farewell.events.next()).isEqualTo("shutdown");
			assertThat(this.farewell.events.next()).isEqualTo("close SHUTDOWN 1001");
			assertThat(events.events.nextOf("close")).isEqualTo("close SHUTDOWN 0");
			assertThat(bytes.events.nextOf("close")).isEqualTo("close SHUTDOWN 0");
		}
	}

	@Test
	void newOnesAreRefusedAndOrdinaryRequestsFinish() throws Exception {
		TestServer server = TestServer.start(List.of(Slow.class));
		Recorder late = new Recorder();
		try (RawPeer kept = new RawPeer(server.port());
				RawPeer busy = new RawPeer(server.port());
				RawPeer webSocket = RawPeer.webSocket(server, server.serve(this.farewell))) {
			kept.get("/ready").expect(200);
			kept.octets(5);
			busy.get("/slow");
			Slow slow = server.context().getBean(Slow.class);
			slow.asked.get(30, TimeUnit.SECONDS);
			this.farewell.client();

			Future<?> stopped = this.stopper.submit(server::close);
			assertThat(webSocket.frame()).hasToString("text farewell");
			RawPeer.Head rejection = kept.handshake(server.serve(late)).expect(503);
			slow.answer.complete("done");
			busy.expect(200);

			assertThat(rejection.header("retry-after")).isEqualTo("1");
			assertThat(busy.octets(4)).asString().isEqualTo("done");
			assertThat(late.events.waiting()).isZero();
			webSocket.close();
			stopped.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void newEventStreamsEndAtOnceAndAreToldWhenToComeBack() throws Exception {
		// Jetty's HTTP/2 is a library of its own
		TestServer server = TestServer.start("server.http2.enabled=" + (TestContainer.CURRENT != TestContainer.JETTY));
		Recorder late = new Recorder();
		String path = server.serve(late);
		try (RawPeer browser = new RawPeer(server.port());
				RawPeer foreign = new RawPeer(server.port());
				RawPeer webSocket = RawPeer.webSocket(server, server.serve(this.farewell))) {
			this.farewell.client();

			Future<?> stopped = this.stopper.submit(server::close);
			assertThat(webSocket.frame()).hasToString("text farewell");
			RawPeer.Head head = browser.get(path, "Accept: text/event-stream").expect(200);
			foreign.get(path, "Accept: text/event-stream", "Origin: http://example.com").expect(403);

			assertThat(head.header("content-type")).isEqualTo("text/event-stream");
			assertThat(head.header("connection")).isEqualTo("close");
			assertThat(browser.rest()).matches("retry: [1-5]\\d{3}\n\n");
			assertThat(late.events.waiting()).isZero();
			webSocket.close();
			stopped.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void whoNeverLetsGoIsCutOffAtTheDeadline() throws Exception {
		TestServer server = TestServer.start("iodine.shutdown.timeout=200ms", "logging.level.io.iodine.connection=off");
		Recorder stubborn = new Recorder();
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(stubborn))) {
			stubborn.client();

			this.stopper.submit(server::close).get(30, TimeUnit.SECONDS);

			assertThat(peer.frame()).hasToString("close 1001");
			assertThatThrownBy(peer::frame).hasCauseInstanceOf(IOException.class);
			assertThat(stubborn.events.nextOf("close")).isEqualTo("close SHUTDOWN 1001");
		}
	}

	@Test
	void aHandlerThatBlocksIsNotWaitedForAfterTheDeadline() throws Exception {
		TestServer server = TestServer.start("iodine.shutdown.timeout=200ms", "logging.level.io.iodine.connection=off");
		Recorder blocking = new Recorder() {

			@Override
			public void onShutdown(Connection client) throws Exception {
				DrainTests.this.gate.await(30, TimeUnit.SECONDS);
			}

		};
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(blocking))) {
			blocking.client();

			this.stopper.submit(server::close).get(30, TimeUnit.SECONDS);

			assertThatThrownBy(peer::frame).hasCauseInstanceOf(IOException.class);
		}
		finally {
			this.gate.countDown();
		}
	}

	@Test
	void aContextThatIsStartedAgainTakesConnectionsAgain() {
		try (TestServer server = TestServer.start("server.shutdown=immediate")) {
			Recorder again = new Recorder();
			server.context().stop();
			server.context().start();

			try (RawPeer peer = RawPeer.webSocket(server, server.serve(again))) {
				again.client().write("back");

				assertThat(peer.frame()).hasToString("text back");
			}
		}
	}

	private static Recorder farewellTo() {
		return new Recorder() {

			@Override
			public void onShutdown(Connection client) throws Exception {
				client.write("farewell");
			}

		};
	}

	/** An application that takes its time. */
	@Configuration(proxyBeanMethods = false)
	static class Slow {

		final CompletableFuture<Boolean> asked = new CompletableFuture<>();

		final CompletableFuture<String> answer = new CompletableFuture<>();

		@Bean
		RouterFunction<ServerResponse> slow() {
			return RouterFunctions.route().GET("/slow", (request) -> {
				this.asked.complete(true);
				return Mono.fromFuture(this.answer).flatMap(ServerResponse.ok()::bodyValue);
			}).GET("/ready", (request) -> ServerResponse.ok().bodyValue("ready")).build();
		}

		@Bean
		org.springframework.web.servlet.function.RouterFunction<?> slowServlet() {
			return org.springframework.web.servlet.function.RouterFunctions.route().GET("/slow", (request) -> {
				this.asked.complete(true);
				return org.springframework.web.servlet.function.ServerResponse.async(this.answer
					.thenApply((body) -> org.springframework.web.servlet.function.ServerResponse.ok().body(body)));
			})
				.GET("/ready", (request) -> org.springframework.web.servlet.function.ServerResponse.ok().body("ready"))
				.build();
		}

	}

}
