package io.iodine.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.iodine.process.Master;
import io.iodine.process.OperatingSystemSignals;
import io.iodine.process.PidFile;
import io.iodine.process.WorkerIdentity;
import io.iodine.process.WorkerProcess;
import io.iodine.pubsub.cluster.ClusterRelay;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Makes the application's process the master of a cluster, once its environment is known
 * and before there is an application context; and connects a worker to its master.
 */
final class ClusterLauncher implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	private static final Log logger = LogFactory.getLog(ClusterLauncher.class);

	private static final String PROCESSES = "iodine.cluster.processes";

	private static final List<String> TESTS = List.of("org.junit.", "org.testng.", "org.springframework.boot.test.");

	/** What has no effect on one process. */
	private static final List<String> OF_CLUSTERS = List.of("directory", "worker-arguments", "start-timeout",
			"stop-timeout", "heartbeat-interval", "heartbeat-timeout", "max-relay-pending", "max-message-size",
			"max-failures", "restart-every", "max-memory", "management-port");

	private static @Nullable WorkerProcess worker;

	private static boolean alone;

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		if (event.getEnvironment().getProperty("iodine.enabled", Boolean.class, true)) {
			launch(event);
		}
	}

	private static void launch(ApplicationEnvironmentPreparedEvent event) {
		Environment environment = event.getEnvironment();
		ClusterProperties cluster = DefaultProperties.bind(environment, "iodine.cluster", ClusterProperties.class);
		WorkerIdentity identity = WorkerIdentity.ofThisProcess().orElse(null);
		if (identity != null) {
			join(event, identity, cluster);
		}
		else if (isTest()) {
			if (cluster.isEnabled()) {
				logger.info(PROCESSES + " is " + cluster.processes() + ", but a test runs in one process");
			}
		}
		else if (cluster.isEnabled() && event.getEnvironment().getProperty("spring.context.exit") == null) {
			requireSupport(event, cluster.processes());
			System.exit(runMaster(environment, cluster));
		}
		else {
			if (!DefaultProperties.isUnset(environment, "iodine.cluster")) {
				requireProcesses(Binder.get(environment));
			}
			runAlone(environment);
		}
	}

	/** A property of a cluster without one was forgotten, or the number was. */
	static void requireProcesses(Binder binder) {
		if (!binder.bind(PROCESSES, String.class).isBound()) {
			OF_CLUSTERS.stream().map((name) -> "iodine.cluster." + name).forEach((name) -> {
				String value = binder.bind(name, String.class).orElse(null);
				InvalidIodinePropertyException.unless(value == null, name, String.valueOf(value),
						"left out, or stand beside " + PROCESSES + ": 2 starts as many workers, and 0 means that one "
								+ "process is intended");
			});
		}
	}

	private static boolean isTest() {
		return Boolean.getBoolean("spring.aot.processing") || Stream.of(Thread.currentThread().getStackTrace())
			.anyMatch((frame) -> TESTS.stream().anyMatch(frame.getClassName()::startsWith));
	}

	static void requireSupport(ApplicationEnvironmentPreparedEvent event, int processes) {
		InvalidIodinePropertyException.unless(!isServlet(event.getSpringApplication(), event.getEnvironment()),
				PROCESSES, processes, "0 in a Spring MVC application, for Tomcat and Jetty can't be handed a listening "
						+ "socket; or use spring-boot-starter-webflux");
		String remedy = "0, or run on Linux with io.netty:netty-transport-native-epoll on the class path, whose epoll "
				+ "hands sockets over";
		InvalidIodinePropertyException.unless(
				ClassUtils.isPresent("io.netty.channel.epoll.Epoll", ClusterLauncher.class.getClassLoader()), PROCESSES,
				processes, remedy);
		Throwable cause = Master.unavailabilityCause();
		InvalidIodinePropertyException.unless(cause == null, PROCESSES, processes, remedy + " (" + cause + ")");
	}

	private static boolean isServlet(SpringApplication application, ConfigurableEnvironment environment) {
		String configured = environment.getProperty("spring.main.web-application-type");
		return (configured != null) ? configured.equalsIgnoreCase("servlet")
				: application.getWebApplicationType() == WebApplicationType.SERVLET;
	}

	private static int runMaster(Environment environment, ClusterProperties cluster) {
		IodineProperties properties = DefaultProperties.bind(environment, "iodine", IodineProperties.class);
		PidFile pidFile = writePidFile(environment);
		try (ClusterRelay relay = new ClusterRelay(properties.pubsub().history().settings());
				Master master = Master.start(cluster.settings(), relay, ClusterLauncher::reopenLogFiles)) {
			return master.await();
		}
		catch (IOException ex) {
			throw unusable(cluster.directory(), ex);
		}
		finally {
			if (pidFile != null) {
				pidFile.delete();
			}
		}
	}

	private static void reopenLogFiles() {
		if (ClassUtils.isPresent("ch.qos.logback.classic.LoggerContext", ClusterLauncher.class.getClassLoader())) {
			new LogFiles().hangUp();
		}
	}

	static InvalidIodinePropertyException unusable(@Nullable Path directory, IOException failure) {
		return new InvalidIodinePropertyException("iodine.cluster.directory",
				(directory != null) ? directory : "unset, which means " + System.getProperty("java.io.tmpdir"),
				"a directory in which the control socket can be made (" + failure + ")");
	}

	private static @Nullable PidFile writePidFile(Environment environment) {
		String location = environment.getProperty("iodine.pid-file");
		if (location == null || location.isBlank()) {
			return null;
		}
		try {
			return PidFile.write(location);
		}
		catch (IOException ex) {
			throw new InvalidIodinePropertyException("iodine.pid-file", location,
					"a file that can be written, or a directory with a slash at its end: " + ex.getMessage());
		}
	}

	/** Without a cluster, once in a process. */
	private static synchronized void runAlone(Environment environment) {
		if (alone) {
			return;
		}
		alone = true;
		PidFile pidFile = writePidFile(environment);
		if (pidFile != null) {
			SpringApplication.getShutdownHandlers().add(pidFile::delete);
		}
		OperatingSystemSignals.handle("USR1", () -> logger.warn("SIGUSR1 restarts the workers of a cluster, but this "
				+ "process is none: set " + PROCESSES + " to their number, such as 2"));
	}

	private static synchronized void join(ApplicationEnvironmentPreparedEvent event, WorkerIdentity identity,
			ClusterProperties cluster) {
		WorkerProcess process = (worker != null) ? worker : connect(identity, cluster);
		worker = process;
		event.getBootstrapContext()
			.addCloseListener((closed) -> closed.getApplicationContext()
				.getBeanFactory()
				.registerSingleton("iodineWorkerProcess", process));
	}

	private static WorkerProcess connect(WorkerIdentity identity, ClusterProperties cluster) {
		// the terminal sends it to all, and the master knows what to do
		List.of("INT", "HUP")
			.forEach((signal) -> OperatingSystemSignals.handle(signal,
					() -> logger.debug("SIG" + signal + " is left to the master")));
		try {
			WorkerProcess process = WorkerProcess.connect(identity, cluster.settings(), () -> System.exit(0));
			OperatingSystemSignals.handle("USR1", () -> process.restart(identity.number()));
			return process;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex.getMessage(), ex);
		}
	}

	/**
	 * After the configuration files and all others that may set one of the properties.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
