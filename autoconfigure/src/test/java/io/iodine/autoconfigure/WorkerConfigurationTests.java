package io.iodine.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.WorkerCrashEvent;
import io.iodine.WorkerInfo;
import io.iodine.process.WorkerProcess;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests of the beans of a worker whose master is the test. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class WorkerConfigurationTests {

	private static final String ENABLED = "management.endpoint.cluster.access=UNRESTRICTED";

	private static final String EXPOSED = "management.endpoints.web.exposure.include=cluster";

	@TempDir
	private Path directory;

	private RecordedMaster master;

	@BeforeEach
	void connect() throws IOException {
		this.master = RecordedMaster.ofWorkerTwo(this.directory);
	}

	@AfterEach
	void close() throws IOException {
		this.master.close();
	}

	@Test
	void theOperationThatRestartsIsOffUnlessEnabled() {
		runner().withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).doesNotHaveBean(ClusterEndpoint.class));
	}

	@Test
	void theOperationAsksTheMasterForARestartOfAllOrOne() {
		runner().withPropertyValues(ENABLED, EXPOSED).run((context) -> {
			ClusterEndpoint endpoint = context.getBean(ClusterEndpoint.class);

			assertThat(endpoint.restart()).containsEntry("restarting", "all");
			assertThat(this.master.nextRestart()).isZero();
			assertThat(endpoint.restart(3)).containsEntry("restarting", "3");
			assertThat(this.master.nextRestart()).isEqualTo(3);
			assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> endpoint.restart(5))
				.withMessage("there is no worker 5");
		});
	}

	@Test
	void everyMeterHasTheNumberOfItsWorker() {
		runner()
			.withConfiguration(
					AutoConfigurations.of(MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
			.run((context) -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);

				assertThat(registry.counter("orders").getId().getTag("worker")).isEqualTo("2");
			});
	}

	@Test
	void aHangUpOfTheMasterReachesAllThatHasFilesOpen() {
		runner().run((context) -> {
			this.master.send(7, "");

			assertThat(context.getBean(Listeners.class).events.poll(30, TimeUnit.SECONDS)).isEqualTo("hang-up");
		});
	}

	@Test
	void aCrashOfAnotherWorkerIsAnApplicationEvent() {
		runner().run((context) -> {
			this.master.send(11, "1 3 4711 137 true");

			assertThat(context.getBean(Listeners.class).events.poll(30, TimeUnit.SECONDS))
				.isEqualTo(new WorkerCrashEvent(1, 3, 4711, 137, true));
		});
	}

	@Test
	void eachWorkerHasAPortOfItsOwnForTheActuatorAndItsShareOfTheCores() {
		MockEnvironment environment = new MockEnvironment();
		environment.setProperty("iodine.cluster.management-port", "9100");
		System.setProperty("io.iodine.process.worker", "2");
		System.setProperty("io.iodine.process.generation", "1");
		System.setProperty("io.iodine.process.processes", "64");
		System.setProperty("io.iodine.process.master", "1");
		System.setProperty("io.iodine.process.control", "control");
		try {
			new WorkerEnvironment().postProcessEnvironment(environment, new SpringApplication());
		}
		finally {
			System.getProperties().keySet().removeIf((name) -> name.toString().startsWith("io.iodine.process."));
		}

		assertThat(environment.getProperty("management.server.port")).isEqualTo("9101");
		assertThat(environment.getProperty("iodine.workers")).isEqualTo("1");
		assertThat(environment.getProperty("logging.pattern.level")).isEqualTo("%5p w2");
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class,
					IodineClusterAutoConfiguration.class, IodineClusterActuatorAutoConfiguration.class))
			.withBean("iodineWorkerProcess", WorkerProcess.class, this.master::worker)
			.withBean(WorkerInfo.class, () -> new WorkerInfo(2, 3, 4, false))
			.withUserConfiguration(Listeners.class);
	}

	/** What an application hears. */
	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

		@Bean
		HangUp.Action logFile() {
			return () -> this.events.add("hang-up");
		}

		@EventListener
		void crashed(WorkerCrashEvent crash) {
			this.events.add(crash);
		}

	}

}
