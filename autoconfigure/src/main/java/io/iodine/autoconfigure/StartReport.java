package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

import io.iodine.PubSub;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Logs one line when the web server has started: transport, threads, engine and paths.
 * Warns of a shutdown that its phase would cut short.
 */
final class StartReport implements ApplicationListener<WebServerInitializedEvent> {

	private static final Log logger = LogFactory.getLog(StartReport.class);

	private static final Duration DEFAULT_PHASE = Duration.ofSeconds(30);

	private final ApplicationContext context;

	private final IodineProperties properties;

	private final Executor callbacks;

	private final Stack stack;

	StartReport(ApplicationContext context, IodineProperties properties, Executor callbacks, Stack stack) {
		this.context = context;
		this.properties = properties;
		this.callbacks = callbacks;
		this.stack = stack;
	}

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		if (event.getApplicationContext() == this.context) {
			logger.info(version() + ": " + this.stack.loops() + " x " + threads() + ", " + capacity() + ", keep-alive "
					+ keepAlive() + ", on port " + event.getWebServer().getPort() + " as process "
					+ ProcessHandle.current().pid() + ", upgrades " + paths() + ", publishes to " + engine());
			warnOfShortPhase();
		}
	}

	private static String version() {
		String version = StartReport.class.getPackage().getImplementationVersion();
		return (version != null) ? "iodine " + version : "iodine";
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
		long descriptors = FreeDescriptors.limit();
		return (descriptors != FreeDescriptors.UNLIMITED) ? "up to " + descriptors + " descriptors"
				: "connections without a limit";
	}

	/** How long idle connections of HTTP are kept, by Boot's property or by ours. */
	private String keepAlive() {
		Duration kept = this.stack.keepAlive();
		return (kept.isZero() || kept.isNegative()) ? "without end"
				: (kept.toMillisPart() == 0) ? kept.toSeconds() + " s" : kept.toMillis() + " ms";
	}

	private String paths() {
		List<String> paths = this.stack.paths();
		return paths.isEmpty() ? "on no path (no bean has @UpgradeHandler)" : "on " + String.join(", ", paths);
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
		ShutdownProperties drain = this.properties.shutdown();
		Duration shutdown = drain.readinessDelay().plus(drain.timeout());
		if (shutdown.compareTo(phase) > 0) {
			logger.warn((drain.readinessDelay().isZero() ? "iodine.shutdown.timeout is "
					: "iodine.shutdown.readiness-delay and timeout together are ") + shutdown.toSeconds() + "s, but "
					+ property + " ends it after " + phase.toSeconds() + "s. Set the latter to at least as much.");
		}
	}

	/** What the web server of a stack works with. */
	interface Stack {

		/** Names the transport and counts the event loops. */
		String loops();

		/** How long the web server keeps an idle connection. */
		Duration keepAlive();

		/** The paths that upgrade. */
		List<String> paths();

	}

}
