package io.iodine.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/** Tests of the file with the process id. */
class PidFileTests {

	private static final String PID = ProcessHandle.current().pid() + "\n";

	@TempDir
	private Path directory;

	@Test
	void itHasTheIdOfThisProcessUntilItIsDeleted() throws IOException {
		Path path = this.directory.resolve("app.pid");

		PidFile file = PidFile.write(path.toString());

		assertThat(path).hasContent(PID.strip());
		file.delete();
		assertThat(path).doesNotExist();
	}

	@Test
	void aSlashAtTheEndMeansTheDefaultNameInThatDirectory() throws IOException {
		PidFile.write(this.directory + "/");

		assertThat(this.directory.resolve("iodine.pid")).hasContent(PID.strip());
	}

	@Test
	void aDirectoryIsRefused() {
		assertThatIOException().isThrownBy(() -> PidFile.write(this.directory.toString()))
			.withMessageContaining("is a directory");
	}

	@Test
	void theFileOfAnotherProcessIsLeftAlone() throws IOException {
		Path path = this.directory.resolve("app.pid");
		PidFile file = PidFile.write(path.toString());
		Files.writeString(path, "1\n");

		file.delete();

		assertThat(path).hasContent("1");
	}

	@Test
	void theIdOfAProcessThatStillRunsComesBack() throws Exception {
		Path path = this.directory.resolve("app.pid");
		Process first = new ProcessBuilder("cat").start();
		try {
			Files.writeString(path, first.pid() + "\n");

			PidFile.write(path.toString()).delete();

			assertThat(path).hasContent(String.valueOf(first.pid()));
		}
		finally {
			first.destroyForcibly().waitFor();
		}
		PidFile.write(path.toString()).delete();
		assertThat(path).as("of a process that has ended").doesNotExist();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\n", "x", "99999999999999999999", "-1", "0" })
	void whatIsNoIdIsReplacedAndDeleted(String content) throws IOException {
		Path path = this.directory.resolve("app.pid");
		Files.writeString(path, content);

		PidFile file = PidFile.write(path.toString());

		assertThat(path).hasContent(PID.strip());
		file.delete();
		assertThat(path).doesNotExist();
	}

	@Test
	void aMissingDirectoryIsNamed() {
		assertThatIOException().isThrownBy(() -> PidFile.write(this.directory.resolve("none/app.pid").toString()))
			.withMessageContaining("none does not exist");
	}

}
