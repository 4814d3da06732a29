package io.iodine.autoconfigure;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

import io.iodine.ConnectionHandler;
import io.iodine.connection.ConnectionSettings;
import io.iodine.net.ClientCustomizer;
import io.iodine.net.ClientOptions;
import io.iodine.net.IodineClient;
import io.iodine.socket.ReconnectingClient;
import io.iodine.socket.SocketClients;
import io.iodine.socket.SocketConnector;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;

/**
 * Connects clients once everything listens, and stops connecting before connections are
 * drained.
 */
final class ClientLifecycle implements SmartLifecycle {

	static final int PHASE = ListenerLifecycle.PHASE + 1;

	private final SocketConnector connector;

	private final SocketClients clients;

	private final SocketLoops loops;

	private final ClientProperties properties;

	private final ConfigurableListableBeanFactory beans;

	private final ApplicationEventPublisher publisher;

	private final Executor callbacks;

	private final ConnectionSettings settings;

	private final Environment environment;

	private final List<ClientCustomizer> customizers;

	private @Nullable OpenSocketsKeepAlive keepAlive;

	private volatile boolean running;

	ClientLifecycle(SocketConnector connector, SocketClients clients, SocketLoops loops, ClientProperties properties,
			ConfigurableListableBeanFactory beans, ApplicationEventPublisher publisher, Executor callbacks,
			ConnectionSettings settings, Environment environment, List<ClientCustomizer> customizers) {
		this.environment = environment;
		this.customizers = customizers;
		this.connector = connector;
		this.clients = clients;
		this.loops = loops;
		this.properties = properties;
		this.beans = beans;
		this.publisher = publisher;
		this.callbacks = callbacks;
		this.settings = settings;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void start() {
		MisspeltProperties.reject(this.environment, "iodine.clients", ClientProperties.Entry.class);
		List<ReconnectingClient> all = new ArrayList<>();
		for (String name : names()) {
			all.add(client(name));
		}
		this.connector.start(this.loops.transport());
		this.clients.start(all);
		if (!all.isEmpty()) {
			this.keepAlive = OpenSocketsKeepAlive.start("iodine-clients");
		}
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.clients.stop();
		this.connector.stop();
		if (this.keepAlive != null) {
			this.keepAlive.end();
			this.keepAlive = null;
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private Set<String> names() {
		Set<String> names = new LinkedHashSet<>(this.properties.clients().keySet());
		List<String> annotated = List.of(this.beans.getBeanNamesForAnnotation(IodineClient.class));
		annotated.stream()
			// one client, of a scoped proxy and its target
			.filter((name) -> !ScopedProxyUtils.isScopedTarget(name)
					|| !annotated.contains(ScopedProxyUtils.getOriginalBeanName(name)))
			.forEach(names::add);
		return names;
	}

	private ReconnectingClient client(String name) {
		ClientProperties.Entry entry = this.properties.clients().getOrDefault(name, ClientProperties.Entry.NONE);
		String prefix = ClientProperties.prefix(name);
		String handler = (entry.handler() != null) ? entry.handler() : name;
		InvalidIodinePropertyException.unless(
				this.beans.containsBean(handler) && this.beans.isTypeMatch(handler, ConnectionHandler.class),
				prefix + ".handler", handler, "the name of a ConnectionHandler bean: "
						+ String.join(", ", this.beans.getBeanNamesForType(ConnectionHandler.class)));
		IodineClient annotation = this.beans.findAnnotationOnBean(handler, IodineClient.class);
		ClientOptions options = ClientOptions.DEFAULTS;
		if (annotation != null) {
			options = options.subprotocols(annotation.subprotocols()).nonBlocking(annotation.nonBlocking());
		}
		options = entry.complete(options);
		if (entry.tls().bundle() != null) {
			options = options.tls(entry.tls().bundle());
		}
		else if (entry.tls().bringsKeys()) {
			options = options.tls(ClientKeys.bundle(name));
		}
		URI url = url(prefix, entry, annotation);
		checked(prefix, url, options);
		ClientOptions configured = options;
		return new ReconnectingClient(name, url, () -> customized(name, configured),
				entry.policy(annotation == null || annotation.reconnect()),
				() -> this.beans.getBean(handler, ConnectionHandler.class), this.connector, this.callbacks,
				this.settings, this.publisher::publishEvent);
	}

	private ClientOptions customized(String name, ClientOptions configured) throws Exception {
		ClientOptions options = configured;
		for (ClientCustomizer customizer : this.customizers) {
			options = customizer.customize(name, options);
		}
		return options;
	}

	private URI url(String prefix, ClientProperties.Entry entry, @Nullable IodineClient annotation) {
		String text = entry.url();
		if (text == null && annotation != null) {
			text = this.beans.resolveEmbeddedValue(annotation.url());
		}
		InvalidIodinePropertyException.unless(text != null && !text.isBlank(), prefix + ".url", "not set",
				"a URL such as wss://example.com/feed");
		try {
			return URI.create(String.valueOf(text));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidIodinePropertyException(prefix + ".url", String.valueOf(text),
					"a URL such as wss://example.com/feed");
		}
	}

	private static void checked(String prefix, URI url, ClientOptions options) {
		try {
			SocketConnector.check(url, options);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidIodinePropertyException(prefix + ".url", url,
					"a URL that suits the other settings: " + ex.getMessage());
		}
	}

}
