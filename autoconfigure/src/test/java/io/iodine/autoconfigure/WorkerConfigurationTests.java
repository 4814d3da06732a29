package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.WorkerCrashEvent;
import io.iodine.WorkerInfo;
import io.iodine.process.WorkerIdentity;
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
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the beans of a worker whose master is the test. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class WorkerConfigurationTests {

	private static final String ENABLED = "management.endpoint.cluster.access=UNRESTRICTED";

	private static final String EXPOSED = "management.endpoints.web.exposure.include=cluster";

	@TempDir
	private Path directory;

	private ServerSocketChannel master;

	private SocketChannel control;

	private WorkerProcess worker;

	@BeforeEach
	void connect() throws IOException {
		Path socket = this.directory.resolve("control");
		this.master = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		this.master.bind(UnixDomainSocketAddress.of(socket));
		this.worker = WorkerProcess.connect(new WorkerIdentity(2, 3, 4, ProcessHandle.current().pid(), socket),
				new ClusterProperties(4, null, List.of(), Duration.ofMinutes(1), Duration.ofHours(10),
						Duration.ofSeconds(2), Duration.ZERO, DataSize.ofMegabytes(1), DataSize.ofMegabytes(1), 1,
						Duration.ZERO, DataSize.ofBytes(0), Duration.ZERO, Duration.ZERO, 0)
					.settings(),
				() -> {
				});
		this.control = this.master.accept();
		assertThat(frame()).isEqualTo("CONTROL");
	}

	@AfterEach
	void close() throws IOException {
		this.master.close();
		this.worker.close();
		this.control.close();
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
			assertThat(frameBehindThoseOfTheEngine()).isEqualTo("RESTART 0");
			assertThat(endpoint.restart(3)).containsEntry("restarting", "3");
			assertThat(frame()).isEqualTo("RESTART 3");
			assertThat(endpoint.restart(5)).as("a worker that does not exist").isNull();
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
			send(7, "");

			assertThat(context.getBean(Listeners.class).events.poll(30, TimeUnit.SECONDS)).isEqualTo("hang-up");
		});
	}

	@Test
	void aCrashOfAnotherWorkerIsAnApplicationEvent() {
		runner().run((context) -> {
			send(11, "1 3 4711 137 true");

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
			.withBean("iodineWorkerProcess", WorkerProcess.class, () -> this.worker)
			.withBean(WorkerInfo.class, () -> new WorkerInfo(2, 3, 4, false))
			.withUserConfiguration(Listeners.class);
	}

	private String frameBehindThoseOfTheEngine() throws IOException {
		String frame = frame();
		while (frame.equals("RELAY")) {
			frame = frame();
		}
		return frame;
	}

	/** The type of the next frame, and its number if it has one. */
	private String frame() throws IOException {
		int length = read(4).getInt();
		ByteBuffer content = read(length);
		return switch (content.get()) {
			case 0 -> "CONTROL";
			case 8 -> "RESTART " + content.getInt();
			case 10 -> "RELAY";
			default -> "another";
		};
	}

	private ByteBuffer read(int count) throws IOException {
		ByteBuffer content = ByteBuffer.allocate(count);
		while (content.hasRemaining()) {
			assertThat(this.control.read(content)).isPositive();
		}
		return content.flip();
	}

	private void send(int type, String body) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		try {
			this.control.write(
					ByteBuffer.allocate(5 + bytes.length).putInt(1 + bytes.length).put((byte) type).put(bytes).flip());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
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
