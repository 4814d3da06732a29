package io.iodine.servlet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.connection.RawPeer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Run by an execution of its own, which leaves WebFlux, Reactor Netty and Reactor off the
 * class path.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WithoutWebFluxTests {

	@SuppressWarnings("NullAway.Init")
	private ConfigurableApplicationContext application;

	@BeforeAll
	void start(@TempDir Path folder) throws IOException {
		Files.writeString(folder.resolve("page.txt"), "a page");
		this.application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "test.server=tomcat", "iodine.shutdown.include-streams=true",
					"iodine.access-log.enabled=true", "iodine.static.root=" + folder, "iodine.static.path=/files/**",
					"iodine.pubsub.history.channels=news")
			.run();
	}

	@AfterAll
	void stop() {
		this.application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.web.reactive.DispatcherHandler",
			"reactor.netty.http.server.HttpServer", "reactor.core.publisher.Mono", "org.reactivestreams.Publisher" })
	void theLibraryIsLeftOut(String type) {
		assertThat(ClassUtils.isPresent(type, getClass().getClassLoader())).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/bean", "/controller" })
	void aWebSocketEchoes(String path) {
		try (RawPeer peer = connect()) {
			peer.handshake(path).expect(101);
			peer.text("hello");

			assertThat(peer.frame()).hasToString("text hello");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/bean", "/controller" })
	void anEventStreamFollowsAChannel(String path) {
		try (RawPeer peer = connect()) {
			peer.get(path, "Accept: text/event-stream").expect(200);
			assertThat(data(peer)).isEqualTo("opened");

			this.application.getBean(PubSub.class).publish("news", "read all about it");

			assertThat(data(peer)).isEqualTo("read all about it");
		}
	}

	@Test
	void filesAndTheBrowserClientAreServed() {
		try (RawPeer peer = connect()) {
			peer.get("/files/page.txt").expect(200);
		}
		try (RawPeer peer = connect()) {
			peer.get("/iodine/iodine.js").expect(200);
		}
	}

	/** The data of the next event that has some, and not only a position. */
	private static String data(RawPeer peer) {
		return peer.event()
			.lines()
			.filter((line) -> line.startsWith("data: "))
			.map((line) -> line.substring("data: ".length()))
			.findFirst()
			.orElseGet(() -> data(peer));
	}

	private RawPeer connect() {
		return new RawPeer(this.application.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
	}

	/** Sends back what it gets. */
	@UpgradeHandler("/bean")
	static class Echo implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			if (client.request().orElseThrow().header("Accept").isPresent()) {
				client.subscribe("news");
				client.write("opened");
			}
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	@RestController
	static class Pages {

		@GetMapping("/controller")
		Upgrade controller() {
			return Upgrade.accept(new Echo());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration" })
	@Import({ Echo.class, Pages.class })
	static class Application {

	}

}
