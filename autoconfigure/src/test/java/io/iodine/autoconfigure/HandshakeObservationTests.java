package io.iodine.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Upgrade;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code http.server.requests} says of a handshake, on each web server. */
@ParameterizedClass
@ValueSource(strings = { "netty", "tomcat", "jetty" })
class HandshakeObservationTests {

	private static final Map<String, TestServer> SERVERS = new ConcurrentHashMap<>();

	private final TestServer server;

	private final Finished finished;

	@AutoClose
	private final RawPeer peer;

	HandshakeObservationTests(String name) {
		this.server = SERVERS.computeIfAbsent(name, (key) -> TestServer
			.start(List.of(Beans.class, OnWebFlux.class, OnSpringMvc.class), "test.server=" + key));
		this.finished = this.server.context().getBean(Finished.class);
		this.peer = new RawPeer(this.server.port());
	}

	@BeforeEach
	void forget() {
		this.finished.requests.clear();
	}

	@AfterAll
	static void stop() {
		SERVERS.values().forEach(TestServer::close);
		SERVERS.clear();
	}

	@Test
	void aWebSocketOfAHandlerIsA101OfItsPattern() throws Exception {
		this.peer.handshake(this.server.serve(new ConnectionHandler() {
		})).expect(101);

		assertThat(this.finished.next()).isEqualTo("/threads/{id} 101 INFORMATIONAL");
		MeterRegistry meters = this.server.context().getBean(MeterRegistry.class);
		Awaitility.await()
			.until(() -> meters.find("http.server.requests").tags("uri", "/threads/{id}", "status", "101").timer(),
					(timer) -> timer != null && timer.count() == 1);
	}

	@Test
	void aRawConnectionIsA101OfItsPattern() throws Exception {
		this.peer.get(this.server.serveOnLoop(new ConnectionHandler() {
		}), "Upgrade: echo", "Connection: Upgrade").expect(101);

		assertThat(this.finished.next()).isEqualTo("/loop/{id} 101 INFORMATIONAL");
	}

	@Test
	void aWebSocketOfAControllerIsA101OfItsPattern() throws Exception {
		this.peer.handshake("/controllers/7").expect(101);

		assertThat(this.finished.next()).isEqualTo("/controllers/{id} 101 INFORMATIONAL");
	}

	@Test
	void aWebSocketOfARouteIsA101OfItsPattern() throws Exception {
		this.peer.handshake("/routes/7").expect(101);

		assertThat(this.finished.next()).isEqualTo("/routes/{id} 101 INFORMATIONAL");
	}

	@Test
	void anEventStreamIsA200OfItsPattern() throws Exception {
		this.peer.get(this.server.serve(new ConnectionHandler() {

			@Override
			public void onOpen(Connection client) {
				client.close();
			}

		}), "Accept: text/event-stream").expect(200);

		assertThat(this.finished.next()).isEqualTo("/threads/{id} 200 SUCCESS");
	}

	@Test
	void aRejectionKeepsItsStatus() throws Exception {
		this.peer.handshake("/threads/1", "Origin: https://elsewhere.example").expect(403);

		assertThat(this.finished.next()).isEqualTo("/threads/{id} 403 CLIENT_ERROR");
	}

	/** Hears of requests that were observed to their end. */
	static final class Finished implements ObservationHandler<Observation.Context> {

		private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

		@Override
		public void onStop(Observation.Context context) {
			if ("http.server.requests".equals(context.getName())) {
				KeyValues tags = context.getLowCardinalityKeyValues();
				this.requests.add(value(tags, "uri") + " " + value(tags, "status") + " " + value(tags, "outcome"));
			}
		}

		private static String value(KeyValues tags, String key) {
			return tags.stream().filter((tag) -> tag.getKey().equals(key)).findFirst().orElseThrow().getValue();
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		String next() throws InterruptedException {
			return String.valueOf(this.requests.poll(20, TimeUnit.SECONDS));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Controllers.class)
	static class Beans {

		@Bean
		Finished finished() {
			return new Finished();
		}

	}

	@Controller
	static class Controllers {

		@GetMapping("/controllers/{id}")
		Upgrade upgrade() {
			return Upgrade.accept(new ConnectionHandler() {
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class OnWebFlux {

		@Bean
		RouterFunction<ServerResponse> route() {
			return RouterFunctions.route().GET("/routes/{id}", (request) -> {
				request.attributes().put(Upgrade.ATTRIBUTE, Upgrade.accept(new ConnectionHandler() {
				}));
				return ServerResponse.ok().build();
			}).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class OnSpringMvc {

		@Bean
		org.springframework.web.servlet.function.RouterFunction<org.springframework.web.servlet.function.ServerResponse> route() {
			return org.springframework.web.servlet.function.RouterFunctions.route().GET("/routes/{id}", (request) -> {
				request.attributes().put(Upgrade.ATTRIBUTE, Upgrade.accept(new ConnectionHandler() {
				}));
				return org.springframework.web.servlet.function.ServerResponse.ok().build();
			}).build();
		}

	}

}
