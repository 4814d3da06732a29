package io.iodine.process;

import java.nio.file.Path;
import java.util.Properties;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Tests for {@link WorkerIdentity}. */
class WorkerIdentityTests {

	private static final WorkerIdentity IDENTITY = new WorkerIdentity(2, 7, 3, 4711, Path.of("/tmp/control"));

	@Test
	void aWorkerReadsWhatTheMasterHasWritten() {
		assertThat(WorkerIdentity.read(properties())).contains(IDENTITY);
	}

	@Test
	void aProcessWithoutItsPropertiesIsNoWorker() {
		assertThat(WorkerIdentity.read(new Properties())).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "worker", "generation", "processes", "master", "control" })
	void aWorkerThatLacksOneDoesNotBecomeAMaster(String name) {
		Properties properties = properties();
		properties.remove("io.iodine.process." + name);

		assertThatIllegalStateException().isThrownBy(() -> WorkerIdentity.read(properties))
			.withMessage("a worker process needs the system property io.iodine.process." + name);
	}

	private static Properties properties() {
		Properties properties = new Properties();
		IDENTITY.jvmArguments()
			.stream()
			.map((argument) -> argument.substring("-D".length()).split("=", 2))
			.forEach((words) -> properties.setProperty(words[0], words[1]));
		return properties;
	}

}
