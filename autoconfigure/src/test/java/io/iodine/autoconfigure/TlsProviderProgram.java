package io.iodine.autoconfigure;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.net.ClientOptions;
import io.iodine.net.Connector;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * Talks to itself over TLS, by a listener and by the web server, and says with which
 * implementation. In a process of its own, because Netty chooses one for all.
 */
final class TlsProviderProgram {

	private TlsProviderProgram() {
	}

	/** Starts the application, and prints a line for each conversation. */
	@SuppressWarnings("SystemOut")
	public static void main(String[] args) throws Exception {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.REACTIVE);
		try (ConfigurableApplicationContext context = application.run(args)) {
			Connector connector = context.getBean(Connector.class);
			String raw = context.getEnvironment().getRequiredProperty("local.iodine.echo.port");
			String web = context.getEnvironment().getRequiredProperty("local.server.port");
			System.out.println("RAW " + talk(connector, "tls://localhost:" + raw));
			System.out.println("WEB " + talk(connector, "wss://localhost:" + web + "/echo"));
		}
		System.exit(0);
	}

	private static String talk(Connector connector, String url) throws Exception {
		CompletableFuture<String> answer = new CompletableFuture<>();
		connector.connect(URI.create(url), new ConnectionHandler() {

			@Override
			public void onOpen(Connection client) {
				client.write("x".repeat(100_000));
			}

			@Override
			public void onMessage(Connection client, Message message) {
				answer.complete("server " + message.asText() + ", client " + session(client));
				client.close();
			}

			@Override
			public void onClose(Connection client) {
				answer.completeExceptionally(new IllegalStateException("closed: " + client.closeReason()));
			}

		}, ClientOptions.DEFAULTS.tls("peer"));
		return answer.get(30, TimeUnit.SECONDS);
	}

	private static String session(Connection client) {
		return client.tlsSession()
			.map((session) -> (session.getClass().getName().contains("OpenSsl") ? "OpenSSL " : "JDK ")
					+ session.getProtocol())
			.orElse("none");
	}

	/** The application. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
	@Import(Echo.class)
	static class Application {

	}

	/** Answers with its TLS session once all has come. */
	@UpgradeHandler("/echo")
	static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			int heard = message.size() + (int) client.attributes().getOrDefault("heard", 0);
			client.attributes().put("heard", heard);
			if (heard == 100_000) {
				client.write(session(client));
			}
		}

	}

}
