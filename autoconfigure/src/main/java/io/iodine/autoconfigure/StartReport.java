package io.iodine.autoconfigure;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.StreamSupport;

import com.sun.management.UnixOperatingSystemMXBean;
import io.iodine.PubSub;
import io.iodine.http.UpgradeMapping;
import io.netty.channel.EventLoopGroup;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.netty.resources.LoopResources;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Says in one line, once the web server has started, what it runs on and which paths
 * upgrade; and warns of a shutdown that its phase would cut short.
 */
final class StartReport implements ApplicationListener<ReactiveWebServerInitializedEvent> {

	private static final Log logger = LogFactory.getLog(StartReport.class);

	private static final Duration DEFAULT_PHASE = Duration.ofSeconds(30);

	private final ApplicationContext context;

	private final IodineProperties properties;

	private final Executor callbacks;

	private final ObjectProvider<UpgradeMapping> mappings;

	StartReport(ApplicationContext context, IodineProperties properties, Executor callbacks,
			ObjectProvider<UpgradeMapping> mappings) {
		this.context = context;
		this.properties = properties;
		this.callbacks = callbacks;
		this.mappings = mappings;
	}

	@Override
	public void onApplicationEvent(ReactiveWebServerInitializedEvent event) {
		if (event.getApplicationContext() == this.context) {
			logger.info(version() + ": " + loops() + " x " + threads() + ", " + capacity() + ", keep-alive "
					+ keepAlive() + ", on port " + event.getWebServer().getPort() + " as process "
					+ ProcessHandle.current().pid() + ", upgrades " + paths() + ", publishes to " + engine());
			warnOfShortPhase();
		}
	}

	private static String version() {
		String version = StartReport.class.getPackage().getImplementationVersion();
		return (version != null) ? "iodine " + version : "iodine";
	}

	private String loops() {
		LoopResources resources = this.context.getBean(ReactorResourceFactory.class).getLoopResources();
		EventLoopGroup loops = resources.onServer(LoopResources.DEFAULT_NATIVE);
		return TransportLoops.name(resources) + ", " + StreamSupport.stream(loops.spliterator(), false).count()
				+ " workers";
	}

	private String threads() {
		if (this.callbacks instanceof CallbackThreads) {
			int threads = this.properties.concurrency().threads();
			return (this.properties.threads() == 0) ? "up to " + threads + " threads" : threads + " threads";
		}
		return (this.callbacks instanceof VirtualCallbackThreads) ? "virtual threads"
				: "threads of " + this.callbacks.getClass().getSimpleName();
	}

	/** What bounds the number of connections. */
	private String capacity() {
		int max = this.properties.connections().max();
		if (max > 0) {
			return "up to " + max + " connections";
		}
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
				? "up to " + unix.getMaxFileDescriptorCount() + " descriptors" : "connections without a limit";
	}

	/** How long idle connections of HTTP are kept, by Boot's property or by ours. */
	private String keepAlive() {
		Duration kept = Binder.get(this.context.getEnvironment())
			.bind("server.netty.idle-timeout", Duration.class)
			.orElseGet(this.properties::timeout);
		return kept.isZero() ? "without end"
				: (kept.toMillisPart() == 0) ? kept.toSeconds() + " s" : kept.toMillis() + " ms";
	}

	private String paths() {
		List<String> paths = this.mappings.stream().flatMap((mapping) -> mapping.routes().paths().stream()).toList();
		return paths.isEmpty() ? "on no path" : "on " + String.join(", ", paths);
	}

	private Object engine() {
		PubSub pubSub = this.context.getBeanProvider(PubSub.class).getIfUnique();
		return (pubSub != null) ? pubSub.defaultEngine() : "no engine";
	}

	private void warnOfShortPhase() {
		String property = "spring.lifecycle.timeout-per-shutdown-phase";
		Duration phase = Binder.get(this.context.getEnvironment())
			.bind(property, Duration.class)
			.orElseGet(() -> DEFAULT_PHASE);
		IodineProperties.Shutdown drain = this.properties.shutdown();
		Duration shutdown = drain.readinessDelay().plus(drain.timeout());
		if (shutdown.compareTo(phase) > 0) {
			logger.warn((drain.readinessDelay().isZero() ? "iodine.shutdown.timeout is "
					: "iodine.shutdown.readiness-delay and timeout together are ") + shutdown.toSeconds() + "s, but "
					+ property + " ends it after " + phase.toSeconds() + "s. Set the latter to at least as much.");
		}
	}

}
