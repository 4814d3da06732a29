package io.iodine.autoconfigure;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.ClusterEngines;
import io.iodine.PubSub;
import io.iodine.RecordedLog;
import io.iodine.WorkerInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/** Tests of what a process without a cluster has, and of properties that can't be. */
class IodineClusterAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class, IodineClusterAutoConfiguration.class));

	@Test
	void oneProcessIsItsOwnMasterAndTheFirstWorker() {
		this.runner.run((context) -> {
			WorkerInfo info = context.getBean(WorkerInfo.class);

			assertThat(info).isEqualTo(new WorkerInfo(1, 1, 1, true));
			assertThat(info.isWorker()).isTrue();
		});
	}

	@Test
	void oneProcessIsAllOfTheClusterAndHasNoSiblings() {
		this.runner.run((context) -> {
			PubSub pubSub = context.getBean(PubSub.class);
			ClusterEngines engines = context.getBean(ClusterEngines.class);
			BlockingQueue<String> heard = new LinkedBlockingQueue<>();
			pubSub.subscribe("room", (channel, message) -> heard.add(message.asText()));

			assertThat(pubSub.publish("room", "siblings", engines.siblings())).isTrue();
			pubSub.publish("room", "process", engines.process());
			pubSub.publish("room", "cluster", engines.cluster());
			pubSub.publish("room", "leader", engines.leader());

			assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("process");
			assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("cluster");
			assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("leader");
		});
	}

	@Test
	void aBeanOfAWorkerThatDoesNotExistIsNotCreatedAndTheLogSaysSo() {
		try (RecordedLog log = new RecordedLog(OnWorker.class)) {
			this.runner.withUserConfiguration(OfWorkers.class)
				.run((context) -> assertThat(context).hasBean("ofFirst").doesNotHaveBean("ofSecond"));

			assertThat(log.lines()).singleElement()
				.asString()
				.contains("WARN",
						"@ConditionalOnWorker(2) of " + OfWorkers.class.getName() + ".ofSecond: no process creates it");
		}
	}

	@Test
	void aBeanOfWorkerZeroFailsTheStart() {
		this.runner.withUserConfiguration(OfNone.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("@ConditionalOnWorker(0) of " + OfNone.class.getName())
				.hasMessageContaining("they are numbered from 1"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "iodine.cluster.processes=10000", "iodine.cluster.processes=-10000",
			"iodine.cluster.worker-arguments=Xmx1g", "iodine.cluster.worker-arguments=-Xmx1g,-cp",
			"iodine.cluster.start-timeout=0s", "iodine.cluster.start-timeout=25h", "iodine.cluster.stop-timeout=-1s",
			"iodine.cluster.stop-timeout=200000d", "iodine.cluster.heartbeat-interval=10ms",
			"iodine.cluster.heartbeat-interval=2d", "iodine.cluster.heartbeat-timeout=1s",
			"iodine.cluster.heartbeat-timeout=-1s", "iodine.cluster.heartbeat-timeout=200000d",
			"iodine.cluster.max-relay-pending=0B", "iodine.cluster.max-relay-pending=2GB",
			"iodine.cluster.max-message-size=128MB", "iodine.cluster.max-message-size=16KB",
			"iodine.cluster.max-failures=0", "iodine.cluster.restart-every=-1s", "iodine.cluster.restart-every=24",
			"iodine.cluster.restart-every=200000d", "iodine.cluster.max-memory=-1B", "iodine.cluster.max-memory=512",
			"iodine.cluster.accept-delay=-1s", "iodine.cluster.accept-delay=200000d",
			"iodine.cluster.keep-alive-timeout=-1s", "iodine.cluster.keep-alive-timeout=200000d",
			"iodine.cluster.management-port=-1", "iodine.cluster.management-port=70000" })
	void aValueThatCannotBeFailsTheStartAndNamesItsProperty(String property) {
		String name = property.substring(0, property.indexOf('='));
		for (int processes : new int[] { 0, 2 }) {
			this.runner.withPropertyValues("iodine.cluster.processes=" + processes)
				.withPropertyValues(property)
				.run((context) -> assertThat(context).getFailure()
					.hasRootCauseInstanceOf(InvalidIodinePropertyException.class)
					.rootCause()
					.hasMessageStartingWith(name + " is ")
					.hasMessageContaining(", but must be "));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "restart-every", "max-memory", "worker-arguments", "management-port" })
	void aPropertyOfAClusterWithoutTheNumberOfItsProcessesFailsTheStart(String property) {
		MockEnvironment environment = new MockEnvironment().withProperty("iodine.cluster." + property, "any");

		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> ClusterLauncher.requireProcesses(Binder.get(environment)))
			.withMessageStartingWith("iodine.cluster." + property + " is any, but must be left out, or stand beside "
					+ "iodine.cluster.processes");
		environment.setProperty("iodine.cluster.processes", "0");
		ClusterLauncher.requireProcesses(Binder.get(environment));
	}

	@Test
	void whatOneProcessUsesNeedsNoNumberOfProcesses() {
		MockEnvironment environment = new MockEnvironment().withProperty("iodine.cluster.accept-delay", "1s")
			.withProperty("iodine.cluster.keep-alive-timeout", "1s");

		assertThatNoException().isThrownBy(() -> ClusterLauncher.requireProcesses(Binder.get(environment)));
	}

	@ParameterizedTest
	@CsvSource({ "1,1", "7,7", "1024,1024", "-1024,1" })
	void aNumberOfProcessesIsThatOfWorkersOrDividesTheCores(int processes, int workers) {
		this.runner.withPropertyValues("iodine.cluster.processes=" + processes)
			.run((context) -> assertThat(context.getBean(ClusterProperties.class).settings().processes())
				.isEqualTo(workers));
	}

	@Test
	void aDirectoryThatCannotBeUsedIsNamedWithTheReason() {
		assertThat(ClusterLauncher.unusable(Path.of("/no/such"), new NoSuchFileException("/no/such")))
			.hasMessageContaining("iodine.cluster.directory is /no/such")
			.hasMessageContaining("NoSuchFileException");
		assertThat(ClusterLauncher.unusable(null, new AccessDeniedException("/tmp")))
			.hasMessageContaining("unset, which means " + System.getProperty("java.io.tmpdir"))
			.hasMessageContaining("AccessDeniedException");
	}

	@Test
	void anApplicationOfSpringMvcCannotBeACluster() {
		SpringApplication application = new SpringApplication(OfWorkers.class);
		application.setWebApplicationType(WebApplicationType.SERVLET);
		ApplicationEnvironmentPreparedEvent event = new ApplicationEnvironmentPreparedEvent(
				new DefaultBootstrapContext(), application, new String[0], new StandardEnvironment());

		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> ClusterLauncher.requireSupport(event, 2))
			.withMessageContaining("iodine.cluster.processes is 2, but must be 0 in a Spring MVC application");
	}

	/** Beans of two workers. */
	@Configuration(proxyBeanMethods = false)
	static class OfWorkers {

		@Bean
		@ConditionalOnWorker(1)
		String ofFirst() {
			return "first";
		}

		@Bean
		@ConditionalOnWorker(2)
		String ofSecond() {
			return "second";
		}

	}

	/** A configuration of no worker. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWorker(0)
	static class OfNone {

	}

}
