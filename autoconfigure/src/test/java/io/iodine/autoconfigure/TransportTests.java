package io.iodine.autoconfigure;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** Tests of {@code iodine.transport}. */
@ExtendWith(OutputCaptureExtension.class)
class TransportTests {

	private static final String REPORT = "logging.level.io.iodine=info";

	@Test
	void theTransportOfJavaServes(CapturedOutput output) throws IOException {
		try (FileServer server = FileServer.start("iodine.transport=nio", REPORT)) {
			assertThat(server.get("/").body()).isEqualTo(FileServer.APPLICATION);
		}

		assertThat(output).containsPattern("iodine.*: nio, \\d+ workers");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void aNativeTransportServes(CapturedOutput output) throws IOException {
		try (FileServer server = FileServer.start("iodine.transport=epoll", REPORT)) {
			assertThat(server.get("/").body()).isEqualTo(FileServer.APPLICATION);
		}

		assertThat(output).containsPattern("iodine.*: epoll, \\d+ workers");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void aTransportThatIsNotThereFailsTheStart(CapturedOutput output) {
		assertThatException().isThrownBy(() -> FileServer.start("iodine.transport=kqueue").close());

		assertThat(output).contains("The property 'iodine.transport' has the value 'kqueue', which it can't have.",
				"Set 'iodine.transport' to auto or nio, or run on macOS with io.netty:netty-transport-native-kqueue");
	}

	@Test
	void aMissingLibraryOfIoUringFailsTheStart(CapturedOutput output) {
		assertThatException().isThrownBy(() -> FileServer.start("iodine.transport=io_uring").close());

		assertThat(output).contains("The property 'iodine.transport' has the value 'io-uring', which it can't have.",
				"Set 'iodine.transport' to auto or nio, or run on Linux with io.netty:netty-transport-native-io_uring"
						+ " and its native library on the class path, and a kernel that lets the process use io_uring"
						+ " (sysctl kernel.io_uring_disabled)");
	}

}
