package io.iodine.servlet;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import io.iodine.connection.WebSocketPeer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a servlet container offers beside HTTP/1.1 on threads of the platform. */
class ServletProtocolTests {

	@Test
	void anEventStreamSpeaksHttp2() throws IOException, InterruptedException {
		try (TestServer server = TestServer.start("test.server=tomcat", "server.http2.enabled=true")) {
			HttpRequest request = HttpRequest.newBuilder(server.uri("http", server.serve(new Follower())))
				.header("Accept", "text/event-stream")
				.build();
			HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

			HttpResponse<Stream<String>> response = client.send(request, HttpResponse.BodyHandlers.ofLines());

			assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
			try (Stream<String> lines = response.body()) {
				assertThat(lines.filter((line) -> line.startsWith("data")).findFirst()).hasValue("data: opened");
			}
			// Tomcat reports a client that has gone at the next write
			await().until(() -> {
				server.pubSub().publish("news", "more");
				return server.connections().count() == 0;
			});
		}
	}

	// Jetty answers such a request with 500 before the application sees it
	@Test
	void onAConnectionThatCanNotBeTakenOverThereAreEventStreamsOnly() {
		try (TestServer server = TestServer.start(List.of(Opaque.class), "test.server=tomcat")) {
			String path = server.serve(new Follower());

			try (RawPeer peer = new RawPeer(server.port())) {
				peer.handshake(path).expect(501);
			}
			try (RawPeer peer = RawPeer.eventStream(server, path)) {
				assertThat(peer.event()).isEqualTo("data: opened\n\n");
			}
			await().until(() -> {
				server.pubSub().publish("news", "more");
				return server.connections().count() == 0;
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tomcat", "jetty" })
	@EnabledForJreRange(min = JRE.JAVA_21)
	void theContainerMayHaveVirtualThreads(String container) {
		try (TestServer server = TestServer.start("test.server=" + container, "spring.threads.virtual.enabled=true")) {
			String path = server.serve(new Follower());

			try (WebSocketPeer client = WebSocketPeer.connect(server, path);
					RawPeer peer = RawPeer.eventStream(server, path)) {
				assertThat(client.next()).isEqualTo("text opened");
				assertThat(peer.event()).isEqualTo("data: opened\n\n");
				client.send("hello");
				assertThat(client.next()).isEqualTo("text hello");
			}
		}
	}

	/** Subscribes, and sends back what it gets. */
	private static final class Follower implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("news");
			client.write("opened");
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	/** Hides the container's request, as a library may that wraps without a wrapper. */
	@Configuration(proxyBeanMethods = false)
	static class Opaque {

		@Bean
		Filter hiding() {
			return (request, response, chain) -> chain.doFilter(hidden(request), response);
		}

		private static HttpServletRequest hidden(Object request) {
			return (HttpServletRequest) Proxy.newProxyInstance(Opaque.class.getClassLoader(),
					new Class<?>[] { HttpServletRequest.class }, (proxy, method, arguments) -> {
						try {
							return method.invoke(request, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

	}

}
