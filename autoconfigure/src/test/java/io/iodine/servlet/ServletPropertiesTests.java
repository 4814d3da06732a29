package io.iodine.servlet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import io.iodine.accesslog.LineTarget;
import io.iodine.connection.RawPeer;
import io.iodine.connection.RawPeer.Head;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Properties whose effect a servlet container has to give by other means. */
@ParameterizedClass
@ValueSource(strings = { "tomcat", "jetty" })
@ExtendWith(OutputCaptureExtension.class)
class ServletPropertiesTests {

	private static final BlockingQueue<String> LINES = new LinkedBlockingQueue<>();

	private static final BlockingQueue<SseEmitter> EMITTERS = new LinkedBlockingQueue<>();

	private final String container;

	ServletPropertiesTests(String container) {
		this.container = container;
	}

	@BeforeEach
	@AfterEach
	void clear() {
		LINES.clear();
		EMITTERS.clear();
	}

	private TestServer start(String... properties) {
		String[] all = new String[properties.length + 1];
		all[0] = "test.server=" + this.container;
		System.arraycopy(properties, 0, all, 1, properties.length);
		return TestServer.start(List.of(Logged.class, Pages.class), all);
	}

	@Test
	void requestsAndConnectionsAreLogged() throws InterruptedException {
		try (TestServer server = start("iodine.access-log.enabled=true", "iodine.access-log.format=common",
				"server.forward-headers-strategy=native"); RawPeer peer = new RawPeer(server.port())) {
			peer.get("/page?x=1", "X-Forwarded-For: 192.0.2.7").expect(200);
			assertThat(line()).startsWith("192.0.2.7 - ann [").endsWith("\"GET /page?x=1 HTTP/1.1\" 200 4");
			peer.octets(4);

			peer.get("/failing").expect(500);
			assertThat(line()).contains("\"GET /failing HTTP/1.1\" 500 ");
		}
		try (TestServer server = start("iodine.access-log.enabled=true", "iodine.access-log.format=common");
				RawPeer peer = new RawPeer(server.port())) {
			peer.send("GET /\0 HTTP/1.1\r\n\r\n");
			assertThat(line()).contains(" 400 ");
		}
	}

	@Test
	void anUpgradeIsLoggedAsAConnectionOnly() throws InterruptedException {
		try (TestServer server = start("iodine.access-log.enabled=true", "iodine.access-log.format=common",
				"iodine.ping-interval=300ms")) {
			for (boolean webSocket : new boolean[] { true, false }) {
				String path = server.serve(new Recorder());
				RawPeer peer = webSocket ? RawPeer.webSocket(server, path) : RawPeer.eventStream(server, path);
				assertThat(line()).contains("\"OPEN " + path);
				peer.close();
				assertThat(line()).contains("\"CLOSE " + path);
			}
			try (RawPeer peer = new RawPeer(server.port())) {
				peer.get("/page").expect(200);
			}

			assertThat(line()).contains("/page");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://127.0.0.1:0", "https://127.0.0.1:0" })
	void aListenerOnAnotherAddressOfTheWebServerFailsTheStart(String url) {
		assertThatThrownBy(() -> start("iodine.listeners.admin.url=" + url).close())
			.hasStackTraceContaining("iodine.listeners.admin.url is " + url)
			.hasStackTraceContaining("Reactor Netty");
	}

	@Test
	void theBrowserClientIsServed() {
		try (TestServer server = start(); RawPeer peer = new RawPeer(server.port())) {
			Head head = peer.get("/iodine/iodine.js").expect(200);

			assertThat(head.header("content-type")).startsWith("text/javascript");
			assertThat(head.header("cache-control")).isEqualTo("max-age=3600");
			try (RawPeer without = new RawPeer(server.port())) {
				assertThat(without.request("HEAD", "/iodine/iodine.js").expect(200).header("content-type"))
					.startsWith("text/javascript");
			}
		}
		try (TestServer server = start("iodine.browser-client.path="); RawPeer peer = new RawPeer(server.port())) {
			peer.get("/iodine/iodine.js").expect(404);
		}
	}

	@Test
	void oneLineSaysWhatTheServerWorksWith(CapturedOutput output) {
		start("iodine.workers=2", "iodine.threads=7", "iodine.connections.max=1000", "iodine.timeout=33s",
				"logging.level.io.iodine.autoconfigure=info")
			.close();

		assertThat(output.toString().lines().filter((line) -> line.contains("StartReport"))).singleElement()
			.asString()
			.containsIgnoringCase(this.container + " with nio, 2 workers x 7 threads, up to 1000 connections, "
					+ "keep-alive 33 s, on port ")
			.contains(", upgrades on /", ", publishes to this process only");
	}

	@Test
	void anIdleConnectionIsClosedAfterTheTimeout() {
		try (TestServer server = start("iodine.timeout=1s"); RawPeer peer = new RawPeer(server.port())) {
			peer.get("/page").expect(200);

			assertThat(peer.rest()).isEqualTo("page");
		}
	}

	@Test
	void aBearerTokenMayComeAsASubprotocolOrACookie() {
		try (TestServer server = start("iodine.security.bearer-cookie=token");
				RawPeer peer = new RawPeer(server.port())) {
			peer.get("/token", "Sec-WebSocket-Protocol: bearer, abc.def, chat").expect(200);
			assertThat(new String(peer.octets(30), StandardCharsets.US_ASCII))
				.isEqualTo("Bearer abc.def|bearer, chat|on");

			peer.get("/token", "Accept: text/event-stream, */*", "Cookie: token=xyz").expect(200);
			assertThat(new String(peer.octets(18), StandardCharsets.US_ASCII)).isEqualTo("Bearer xyz|null|on");

			peer.request("POST", "/token", "Accept: text/event-stream", "Cookie: token=xyz", "Content-Length: 0")
				.expect(200);
			assertThat(new String(peer.octets(12), StandardCharsets.US_ASCII)).isEqualTo("null|null|on");

			peer.get("/token", "Cookie: token=xyz").expect(200);
			assertThat(new String(peer.octets(12), StandardCharsets.US_ASCII)).isEqualTo("null|null|on");
		}
	}

	@Test
	void theApplicationsOwnEventStreamsEndWithTheServer() throws Exception {
		TestServer server = start("iodine.shutdown.include-streams=true", "iodine.shutdown.retry=5s",
				"iodine.shutdown.retry-jitter=0s");
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.get("/emitter", "Accept: text/event-stream");
			SseEmitter emitter = EMITTERS.poll(20, TimeUnit.SECONDS);
			assertThat(emitter).isNotNull();
			// sends the head too
			emitter.send("one");
			peer.expect(200);
			assertThat(peer.event()).isEqualTo("data:one\n\n");

			server.close();

			assertThat(peer.rest()).contains("retry: 5000\n\n").endsWith("0\r\n\r\n");
		}
		finally {
			server.close();
		}
	}

	@Test
	void anEventStreamThatTheContainerCompressesIsWhole() throws IOException, InterruptedException {
		try (TestServer server = start("server.compression.enabled=true",
				"server.compression.mime-types=text/event-stream", "server.compression.min-response-size=1");
				RawPeer peer = new RawPeer(server.port())) {
			Recorder recorder = new Recorder();
			Head head = peer
				.get(server.serve(recorder), "Accept: text/event-stream", "Accept-Encoding: gzip", "Connection: close")
				.expect(200);
			recorder.client().write("squeezed");
			recorder.client().close();

			byte[] body = peer.rest().getBytes(StandardCharsets.ISO_8859_1);
			assertThat(head.header("content-encoding")).isEqualTo("gzip");
			assertThat(new String(new GZIPInputStream(new ByteArrayInputStream(unchunked(head, body))).readAllBytes(),
					StandardCharsets.UTF_8))
				.isEqualTo("data: squeezed\n\n");
		}
	}

	private static byte[] unchunked(Head head, byte[] body) {
		if (!"chunked".equals(head.header("transfer-encoding"))) {
			return body;
		}
		StringBuilder whole = new StringBuilder();
		String rest = new String(body, StandardCharsets.ISO_8859_1);
		while (!rest.isEmpty()) {
			int line = rest.indexOf("\r\n");
			int size = Integer.parseInt(rest.substring(0, line), 16);
			whole.append(rest, line + 2, line + 2 + size);
			rest = (size == 0) ? "" : rest.substring(line + 2 + size + 2);
		}
		return whole.toString().getBytes(StandardCharsets.ISO_8859_1);
	}

	private static String line() throws InterruptedException {
		return String.valueOf(LINES.poll(20, TimeUnit.SECONDS));
	}

	@RestController
	static class Pages {

		@GetMapping("/page")
		String page() {
			return "page";
		}

		@GetMapping("/failing")
		String failing() {
			throw new IllegalStateException("the page fails");
		}

		@RequestMapping("/token")
		String token(HttpServletRequest request) {
			return request.getHeader("Authorization") + "|" + request.getHeader("Sec-WebSocket-Protocol") + "|on";
		}

		@GetMapping("/emitter")
		SseEmitter emitter() {
			SseEmitter emitter = new SseEmitter(0L);
			EMITTERS.add(emitter);
			return emitter;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Logged {

		@Bean
		LineTarget lines() {
			return LINES::addAll;
		}

		@Bean
		FilterRegistrationBean<Filter> login() {
			FilterRegistrationBean<Filter> login = new FilterRegistrationBean<>((request, response, chain) -> chain
				.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request) {

					@Override
					public Principal getUserPrincipal() {
						return () -> "ann";
					}

				}, response));
			login.setOrder(-100);
			return login;
		}

	}

}
