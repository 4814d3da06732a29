package io.iodine.autoconfigure;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import io.iodine.connection.DrainListener;
import io.iodine.connection.DrainSettings;
import io.iodine.net.ActiveListener;
import io.iodine.net.Listener;
import io.iodine.socket.SocketListeners;
import io.iodine.socket.SocketUrl;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Opens the listeners of properties and beans with the context, and closes all when its
 * connections begin to be drained, after the readiness delay.
 */
final class ListenerLifecycle implements SmartLifecycle, DrainListener, DisposableBean {

	static final int PHASE = ConnectionDrain.PHASE + 1;

	private static final Log logger = LogFactory.getLog(ListenerLifecycle.class);

	private final SocketListeners listeners;

	private final SocketLoops loops;

	private final ListenerProperties properties;

	private final ListableBeanFactory beans;

	private final ConfigurableEnvironment environment;

	private @Nullable OpenSocketsKeepAlive keepAlive;

	private volatile boolean running;

	ListenerLifecycle(SocketListeners listeners, SocketLoops loops, ListenerProperties properties,
			ListableBeanFactory beans, ConfigurableEnvironment environment) {
		this.listeners = listeners;
		this.loops = loops;
		this.properties = properties;
		this.beans = beans;
		this.environment = environment;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void start() {
		Map<String, Listener> wanted = wanted();
		this.listeners.start(this.loops.transport());
		try {
			open(wanted);
		}
		catch (RuntimeException | Error ex) {
			this.listeners.stop();
			throw ex;
		}
		if (!wanted.isEmpty()) {
			this.keepAlive = OpenSocketsKeepAlive.start("iodine-listeners");
		}
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		if (this.keepAlive != null) {
			this.keepAlive.end();
			this.keepAlive = null;
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public void end(DrainSettings settings) {
		this.listeners.stop();
	}

	@Override
	public void accept() {
		// begins with the start
	}

	/** Of a context that failed to start. */
	@Override
	public void destroy() {
		this.listeners.stop();
	}

	private Map<String, Listener> wanted() {
		MisspeltProperties.reject(this.environment, "iodine.listeners", ListenerProperties.Entry.class);
		Map<String, Listener> wanted = new LinkedHashMap<>();
		this.properties.named().forEach((name, entry) -> {
			if (!entry.isHttp()) {
				wanted.put(name, configured(name, entry));
			}
			else {
				InvalidIodinePropertyException.unless(this.beans.containsBean("iodineHttpListeners"),
						"iodine.listeners." + name + ".url", String.valueOf(entry.url()),
						"a URL such as tcp://127.0.0.1:7000, unless this is a WebFlux application on Reactor Netty");
			}
		});
		this.beans.getBeansOfType(Listener.class).forEach((bean, listener) -> {
			Listener named = listener.name().isPresent() ? listener : listener.name(bean);
			String name = named.name().orElse(bean);
			if (wanted.put(name, named) != null) {
				throw new InvalidIodinePropertyException("iodine.listeners." + name, "set, and the name of a bean",
						"set, or a Listener bean of that name be declared, not both");
			}
		});
		return wanted;
	}

	private Listener configured(String name, ListenerProperties.Entry entry) {
		String prefix = "iodine.listeners." + name;
		String url = String.valueOf(entry.url());
		SocketUrl parsed = parsed(prefix, url);
		boolean tls = parsed.scheme() == SocketUrl.Scheme.TLS;
		InvalidIodinePropertyException.unless(tls || entry.tls().equals(SocketTlsProperties.NONE), prefix + ".tls",
				"set for " + url, "left out, unless the URL begins with tls:");
		InvalidIodinePropertyException.unless(entry.permissions() == null || parsed.scheme() == SocketUrl.Scheme.UNIX,
				prefix + ".permissions", String.valueOf(entry.permissions()),
				"left out, unless the URL begins with unix:");
		String handler = String.valueOf(entry.handler());
		InvalidIodinePropertyException.unless(
				this.beans.containsBean(handler) && this.beans.isTypeMatch(handler, ConnectionHandler.class),
				prefix + ".handler", handler, "the name of a ConnectionHandler bean: "
						+ String.join(", ", this.beans.getBeanNamesForType(ConnectionHandler.class)));
		Listener listener = entry
			.complete(Listener.on(url, () -> this.beans.getBean(handler, ConnectionHandler.class)).name(name))
			.nonBlocking((entry.nonBlocking() != null) ? entry.nonBlocking() : isNonBlocking(handler));
		if (entry.tls().bundle() != null) {
			return listener.tls(entry.tls().bundle());
		}
		return entry.tls().bringsKeys() ? listener.tls(ListenerKeys.bundle(name)) : listener;
	}

	private boolean isNonBlocking(String handler) {
		UpgradeHandler annotation = this.beans.findAnnotationOnBean(handler, UpgradeHandler.class);
		return annotation != null && annotation.nonBlocking();
	}

	private static SocketUrl parsed(String prefix, String url) {
		try {
			return SocketUrl.parse(url);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidIodinePropertyException(prefix + ".url", url,
					"a URL that can be listened on: " + ex.getMessage());
		}
	}

	private void open(Map<String, Listener> wanted) {
		boolean warn = this.properties.isWarningEnough();
		List<RuntimeException> failures = new ArrayList<>();
		Map<String, Integer> ports = new HashMap<>();
		wanted.forEach((name, listener) -> {
			try {
				ActiveListener active = this.listeners.add(listener);
				if (active.port() >= 0) {
					ports.put(name, active.port());
				}
			}
			catch (UncheckedIOException | IllegalArgumentException ex) {
				failures.add(rejected(name, listener, ex));
			}
		});
		if (!failures.isEmpty() && (!warn || failures.size() == wanted.size())) {
			RuntimeException first = failures.get(0);
			failures.stream().skip(1).forEach(first::addSuppressed);
			throw first;
		}
		failures
			.forEach((failure) -> logger.warn(failure.getMessage() + " (iodine.listeners.on-bind-failure is warn)"));
		LocalPorts.add(this.environment, ports);
	}

	private static InvalidIodinePropertyException rejected(String name, Listener listener, RuntimeException cause) {
		InvalidIodinePropertyException rejected = new InvalidIodinePropertyException(
				"iodine.listeners." + name + ".url", listener.url(),
				"an address that can be listened on: " + cause.getMessage());
		rejected.initCause(cause);
		return rejected;
	}

}
