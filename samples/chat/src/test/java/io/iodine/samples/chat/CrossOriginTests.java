package io.iodine.samples.chat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * Pages of other origins in a real Chromium, driven by
 * {@code src/test/browser/cross-origin.test.js}.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "iodine.allow-credentials=true")
@DirtiesContext
@DisabledIfSystemProperty(named = "skipBrowserTests", matches = "true|")
class CrossOriginTests {

	private static HttpServer allowed;

	private static HttpServer stranger;

	@LocalServerPort
	private int port;

	@DynamicPropertySource
	static void allowOne(DynamicPropertyRegistry properties) {
		properties.add("iodine.allowed-origins", () -> origin(allowed));
	}

	@BeforeAll
	static void start() {
		allowed = serveBlankPage();
		stranger = serveBlankPage();
	}

	@AfterAll
	static void stop() {
		allowed.stop(0);
		stranger.stop(0);
	}

	@Test
	void aPageOfAnAllowedOriginFollowsAndAnotherIsRefused() throws Exception {
		String chromium = Browser.chromium().toString();
		Browser.installDriver();

		Browser.run("node", "cross-origin.test.js", "http://localhost:" + this.port, origin(allowed), origin(stranger),
				chromium);
	}

	private static HttpServer serveBlankPage() {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
			byte[] page = "<!doctype html><title>Another origin</title>".getBytes(StandardCharsets.US_ASCII);
			server.createContext("/", (exchange) -> {
				exchange.getResponseHeaders().set("Content-Type", "text/html");
				exchange.sendResponseHeaders(200, page.length);
				exchange.getResponseBody().write(page);
				exchange.close();
			});
			server.start();
			return server;
		}
		catch (IOException ex) {
			throw new IllegalStateException("No port for a page", ex);
		}
	}

	private static String origin(HttpServer server) {
		return "http://localhost:" + server.getAddress().getPort();
	}

}
