package io.iodine.connection;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.UpgradeHandler;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;

/**
 * Publishes all the time to its followers, with iodine or, told {@code plain}, with
 * WebFlux alone; told {@code idle}, it publishes nothing. It runs on Reactor Netty, or on
 * the servlet container that {@code --test.server} names. With {@code --followers} it
 * begins when there are so many.
 */
final class FollowedServer {

	/** Where iodine serves. */
	static final String FOLLOW = "/follow";

	/** Where WebFlux serves event streams. */
	static final String STREAM = "/stream";

	/** Where WebFlux serves WebSockets. */
	static final String SOCKET = "/socket";

	private static final Duration PUBLISHED_EVERY = Duration.ofSeconds(1);

	private static final String TEXT = "a message of some length, as it is in a chat";

	private FollowedServer() {
	}

	/**
	 * Starts the server and prints its port.
	 * @param arguments {@code plain}, {@code iodine} or {@code idle}, and properties
	 */
	public static void main(String[] arguments) {
		boolean plain = arguments[0].equals("plain");
		boolean idle = arguments[0].equals("idle");
		boolean onServlets = Arrays.stream(arguments).anyMatch((argument) -> argument.startsWith("--test.server="));
		ConfigurableApplicationContext context = new SpringApplicationBuilder(
				plain ? PlainApplication.class : Application.class)
			.web(onServlets ? WebApplicationType.SERVLET : WebApplicationType.REACTIVE)
			.properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off",
					"logging.level.root=error", "logging.level.io.iodine=warn", "iodine.enabled=" + !plain,
					"publishing=" + !idle)
			.run(arguments);
		System.out.println("port " + context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	private static Flux<Long> ticks() {
		return Flux.interval(PUBLISHED_EVERY).onBackpressureDrop();
	}

	/** Follows the channel, and reads nothing. */
	@UpgradeHandler(FOLLOW)
	static final class Follow implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("followed");
		}

	}

	/** The server with iodine. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration" })
	@Import({ Follow.class, Publishing.class })
	static class Application {

	}

	/** The server without. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
	static class PlainApplication {

		@Bean
		RouterFunction<ServerResponse> streams() {
			Flux<ServerSentEvent<String>> events = ticks().map((tick) -> ServerSentEvent.builder(TEXT).build()).share();
			return RouterFunctions.route()
				.GET(STREAM,
						(request) -> ServerResponse.ok()
							.contentType(MediaType.TEXT_EVENT_STREAM)
							.body(BodyInserters.fromServerSentEvents(events)))
				.build();
		}

		@Bean
		HandlerMapping sockets() {
			Flux<Long> shared = ticks().share();
			WebSocketHandler handler = (session) -> session.send(shared.map((tick) -> session.textMessage(TEXT)))
				.and(session.receive());
			return new SimpleUrlHandlerMapping(Map.of(SOCKET, handler), Ordered.HIGHEST_PRECEDENCE);
		}

	}

	/** Publishes until the end of the process. */
	@Configuration(proxyBeanMethods = false)
	static class Publishing {

		Publishing(PubSub pubSub, Connections connections, @Value("${publishing}") boolean publishing,
				@Value("${followers:0}") int followers) {
			Flux<Long> times = publishing ? ticks().filter((tick) -> connections.count() >= followers) : Flux.never();
			times.subscribe((tick) -> pubSub.publish("followed", Message.text(TEXT)));
		}

	}

}
