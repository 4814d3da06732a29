package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.iodine.socket.UnixSocketFile;
import io.netty.channel.unix.DomainSocketAddress;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServer;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.reactive.handler.WebFluxResponseStatusExceptionHandler;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

/**
 * Further addresses of the web server: ports and Unix sockets, each with all that Boot
 * and the application customize of the first.
 */
final class HttpListeners implements SmartLifecycle {

	/** With Boot's graceful shutdown of the web server. */
	private static final int PHASE = DEFAULT_PHASE - 1024;

	private static final Log logger = LogFactory.getLog(HttpListeners.class);

	private final ListenerProperties properties;

	private final HttpHandler handler;

	private final AutowireCapableBeanFactory beans;

	private final @Nullable SslBundles bundles;

	private final ConfigurableEnvironment environment;

	private final List<Served> served = new ArrayList<>();

	private volatile boolean running;

	HttpListeners(ListenerProperties properties, HttpHandler handler, AutowireCapableBeanFactory beans,
			@Nullable SslBundles bundles, ConfigurableEnvironment environment) {
		this.properties = properties;
		this.handler = handler;
		this.beans = beans;
		this.bundles = bundles;
		this.environment = environment;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void start() {
		this.properties.named().forEach((name, entry) -> {
			if (entry.isHttp()) {
				serve(name, entry);
			}
		});
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.served.forEach(Served::stop);
		this.served.clear();
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		List<Served> left = new ArrayList<>(this.served);
		this.served.clear();
		stopNext(left, callback);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private static void stopNext(List<Served> left, Runnable callback) {
		if (left.isEmpty()) {
			callback.run();
			return;
		}
		Served next = left.remove(0);
		next.server().shutDownGracefully((result) -> {
			next.stop();
			stopNext(left, callback);
		});
	}

	private void serve(String name, ListenerProperties.Entry entry) {
		String property = "iodine.listeners." + name + ".url";
		String url = String.valueOf(entry.url());
		try {
			UnixSocketFile file = url.startsWith("http+unix:") ? new UnixSocketFile(url.substring(10)) : null;
			if (file != null) {
				file.deleteStale();
			}
			WebServer server = factory(name, entry, url).getWebServer(handler(name, entry));
			server.start();
			this.served.add(new Served(server, file));
			if (file != null) {
				file.bound(Optional.ofNullable(entry.permissions()));
			}
			else {
				LocalPorts.add(this.environment, Map.of(name, server.getPort()));
			}
			logger.info("Listener " + name + " serves HTTP on " + url.replaceFirst(":\\d+/?$", ":" + server.getPort()));
		}
		catch (InvalidIodinePropertyException ex) {
			stop();
			throw ex;
		}
		catch (IOException | RuntimeException ex) {
			stop();
			InvalidIodinePropertyException rejected = new InvalidIodinePropertyException(property, url,
					"an address that the web server can listen on, such as http://127.0.0.1:8081: " + ex.getMessage());
			rejected.initCause(ex);
			throw rejected;
		}
	}

	/** The application, or what the bean of the listener serves instead. */
	private HttpHandler handler(String name, ListenerProperties.Entry entry) {
		String bean = entry.handler();
		if (bean == null) {
			return this.handler;
		}
		if (this.beans.containsBean(bean) && this.beans.getBean(bean) instanceof WebHandler own) {
			return WebHttpHandlerBuilder.webHandler(own)
				.exceptionHandler(new WebFluxResponseStatusExceptionHandler())
				.build();
		}
		throw new InvalidIodinePropertyException("iodine.listeners." + name + ".handler", bean,
				"the name of a WebHandler bean, such as RouterFunctions.toWebHandler returns, or left out for the "
						+ "whole application");
	}

	private NettyReactiveWebServerFactory factory(String name, ListenerProperties.Entry entry, String url)
			throws UnknownHostException {
		NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
		this.beans.autowireBean(factory);
		this.beans.initializeBean(factory, "iodineHttpListener." + name);
		factory.setSsl(null);
		if (url.startsWith("http+unix:")) {
			factory
				.addServerCustomizers((server) -> server.bindAddress(() -> new DomainSocketAddress(url.substring(10))));
			return factory;
		}
		URI uri = URI.create(url);
		if (uri.getHost() == null || uri.getPort() < 0 || uri.getPort() > 65_535 || uri.getPath().length() > 1) {
			throw new IllegalArgumentException("a host and a port are expected, and no path");
		}
		factory.setAddress(InetAddress.getByName(uri.getHost()));
		factory.setPort(uri.getPort());
		if (url.startsWith("https:")) {
			Ssl ssl = new Ssl();
			ssl.setBundle((entry.tls().bundle() != null) ? entry.tls().bundle() : ListenerKeys.bundle(name));
			ssl.setClientAuth(entry.tls().isClientCertificate() ? Ssl.ClientAuth.NEED : Ssl.ClientAuth.NONE);
			factory.setSsl(ssl);
			factory.setSslBundles(this.bundles);
		}
		return factory;
	}

	/**
	 * A server.
	 *
	 * @param server the server
	 * @param file the file of its Unix socket; null for a port
	 */
	private record Served(WebServer server, @Nullable UnixSocketFile file) {

		void stop() {
			if (this.file != null) {
				this.file.delete();
			}
			this.server.stop();
		}

	}

}
