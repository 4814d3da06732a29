package io.iodine.autoconfigure;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Templates;
import io.iodine.UpgradeHandler;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

import static org.assertj.core.api.Assertions.assertThat;

/** Templates in handlers and as views, in WebFlux and in Spring MVC. */
class TemplateViewTests {

	@ParameterizedTest
	@ValueSource(strings = { "netty", "tomcat" })
	void aHandlerAndAPageRenderAlike(String container) throws Exception {
		try (TestServer server = TestServer.start(List.of(Pages.class, Handlers.class), "test.server=" + container)) {
			HttpResponse<String> page = HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(server.uri("http", "/greeting")).build(), BodyHandlers.ofString());
			assertThat(page.body()).isEqualTo("Hello &lt;Ann&gt;!\n");
			assertThat(page.headers().firstValue("Content-Type").orElseThrow())
				.isEqualToIgnoringCase("text/html;charset=UTF-8");

			try (RawPeer peer = RawPeer.webSocket(server, "/greet")) {
				assertThat(peer.frame()).hasToString("text Hello &lt;Ann&gt;!\n");
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@UpgradeHandler("/greet")
		ConnectionHandler greet(Templates templates) {
			return new ConnectionHandler() {

				@Override
				public void onOpen(Connection client) {
					client.write(templates.render("greeting", Map.of("who", "<Ann>")));
				}

			};
		}

	}

	@Controller
	static class Pages {

		@GetMapping("/greeting")
		String greeting(Model model) {
			model.addAttribute("who", "<Ann>");
			return "greeting";
		}

	}

}
