package io.iodine.connection;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.ConnectionHandler;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.UpgradeRequest;
import io.iodine.Upgrader;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** An application on a free port, whose handlers a test brings along. */
public final class TestServer implements AutoCloseable {

	private static final String SERVER = "test.server=";

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private static final Map<String, ConnectionHandler> HANDLERS = new ConcurrentHashMap<>();

	private final ConfigurableApplicationContext context;

	private final Connections connections;

	private TestServer(ConfigurableApplicationContext context) {
		this.context = context;
		this.connections = context.getBean(Connections.class);
	}

	/**
	 * Starts the application.
	 * @param properties what differs from the defaults
	 * @return it, listening
	 */
	public static TestServer start(String... properties) {
		return start(List.of(), properties);
	}

	/**
	 * Starts the application with more beans.
	 * @param sources where the beans are
	 * @param properties what differs from the defaults
	 * @return it, listening
	 */
	public static TestServer start(List<Class<?>> sources, String... properties) {
		List<Class<?>> all = new ArrayList<>(sources);
		all.add(Application.class);
		String server = server(properties);
		SpringApplicationBuilder builder = new SpringApplicationBuilder(all.toArray(Class<?>[]::new))
			.web(server.equals("netty") ? WebApplicationType.REACTIVE : WebApplicationType.SERVLET)
			.properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off",
					"logging.level.root=warn", "logging.level.io.iodine.handler=off", "spring.jmx.enabled=false")
			.properties(TestContainer.CURRENT.properties())
			.properties(properties);
		// an argument, because it comes before the system property
		return new TestServer(builder.run("--" + SERVER + server));
	}

	/** The server that the properties name, else the one of this run. */
	private static String server(String... properties) {
		return Arrays.stream(properties)
			.filter((property) -> property.startsWith(SERVER))
			.map((property) -> property.substring(SERVER.length()))
			.reduce((earlier, later) -> later)
			.orElse(TestContainer.CURRENT.server());
	}

	/**
	 * Serves a handler, whose callbacks may block.
	 * @param handler the handler
	 * @return its path
	 */
	public String serve(ConnectionHandler handler) {
		return serve("/threads/", handler);
	}

	/**
	 * Serves a handler on the event loops.
	 * @param handler the handler
	 * @return its path
	 */
	public String serveOnLoop(ConnectionHandler handler) {
		return serve("/loop/", handler);
	}

	private static String serve(String prefix, ConnectionHandler handler) {
		String id = Integer.toString(NUMBERS.incrementAndGet());
		HANDLERS.put(id, handler);
		return prefix + id;
	}

	/** The port it listens on. */
	public int port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	/** A URI for the clients of the JDK. */
	public URI uri(String scheme, String path) {
		return URI.create(scheme + (TestContainer.CURRENT.isEncrypted() ? "s" : "") + "://127.0.0.1:" + port() + path);
	}

	/** The application's context. */
	public ConfigurableApplicationContext context() {
		return this.context;
	}

	/** The registry of its connections. */
	public Connections connections() {
		return this.connections;
	}

	/** Its pub/sub. */
	public PubSub pubSub() {
		return this.context.getBean(PubSub.class);
	}

	/** Stops it, after which nothing may be left of its connections. */
	@Override
	public void close() {
		this.context.close();
		Leftovers.assertNone(this.connections);
	}

	/** Serves what tests bring along. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration" })
	@Import({ OnThreads.class, OnLoop.class })
	static class Application {

	}

	/** Handlers that may block. */
	@UpgradeHandler(value = "/threads/{id}", protocols = { Protocol.WEBSOCKET, Protocol.SSE, Protocol.RAW })
	static final class OnThreads implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return found(request);
		}

	}

	/** Handlers that may not. */
	@UpgradeHandler(value = "/loop/{id}", protocols = { Protocol.WEBSOCKET, Protocol.SSE, Protocol.RAW },
			nonBlocking = true)
	static final class OnLoop implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return found(request);
		}

	}

	private static Upgrade found(UpgradeRequest request) {
		ConnectionHandler handler = HANDLERS.get(request.pathVariable("id").orElseThrow());
		return (handler != null) ? Upgrade.accept(handler) : Upgrade.decline();
	}

}
