package io.iodine.autoconfigure;

import java.util.List;

import io.iodine.connection.RawPeer;
import io.iodine.connection.RawPeer.Head;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the paths of the browser client in WebFlux. */
class BrowserClientMappingTests {

	@ParameterizedTest
	@CsvSource({ "/iodine/iodine.js, text/javascript", "/iodine/iodine.d.ts, text/plain" })
	void itIsServedWithItsTypeAheadOfControllers(String path, String type) {
		try (TestServer server = TestServer.start(List.of(CatchAll.class));
				RawPeer peer = new RawPeer(server.port());
				RawPeer head = new RawPeer(server.port())) {
			Head answer = peer.get(path).expect(200);
			assertThat(answer.header("content-type")).startsWith(type);
			assertThat(answer.header("cache-control")).isEqualTo("max-age=3600");
			assertThat(head.request("HEAD", path).expect(200).header("content-length"))
				.isEqualTo(answer.header("content-length"));
		}
	}

	@Test
	void everythingElseIsOfTheApplication() {
		try (TestServer server = TestServer.start(List.of(CatchAll.class));
				RawPeer get = new RawPeer(server.port());
				RawPeer post = new RawPeer(server.port())) {
			assertThat(get.get("/iodine/iodine.css").expect(200).header("content-length")).isEqualTo("4");
			post.request("POST", "/iodine/iodine.js").expect(405);
		}
	}

	@Test
	void aPageOfAnotherOriginMayLoadItWhereTheApplicationSaysSo() {
		try (TestServer server = TestServer.start(List.of(Origins.class)); RawPeer peer = new RawPeer(server.port())) {
			Head answer = peer.get("/iodine/iodine.js", "Origin: https://page.example").expect(200);

			assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://page.example");
		}
	}

	@Test
	void aPlainApplicationHasNoRouterFunctionToEvaluate() {
		try (TestServer server = TestServer.start(List.of(CatchAll.class))) {
			assertThat(server.context().getBeansOfType(RouterFunction.class)).isEmpty();
		}
	}

	@RestController
	static class CatchAll {

		@GetMapping("/{*path}")
		String any() {
			return "mine";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Origins implements WebFluxConfigurer {

		@Override
		public void addCorsMappings(CorsRegistry registry) {
			registry.addMapping("/iodine/*").allowedOrigins("https://page.example");
		}

	}

}
