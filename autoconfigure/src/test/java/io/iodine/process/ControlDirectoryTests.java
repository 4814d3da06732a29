package io.iodine.process;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/** Tests of the directory of the control socket, and of those that others have left. */
@EnabledOnOs(OS.LINUX)
class ControlDirectoryTests {

	/** More than any process has. */
	private static final String NO_PROCESS = "4194305";

	@TempDir
	private Path base;

	@Test
	void whatAMasterThatWasKilledHasLeftIsRemoved() throws IOException {
		Path stale = directory("iodine-" + NO_PROCESS + "-1");
		Path control = stale.resolve("control");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(control));
		}
		assertThat(control).exists();

		create().remove();

		assertThat(this.base).isEmptyDirectory();
	}

	@Test
	void aMasterThatAnswersIsLeftAloneThoughItsProcessIsNotSeen() throws IOException {
		Path other = directory("iodine-" + NO_PROCESS + "-1");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(other.resolve("control")));

			create().remove();

			assertThat(other.resolve("control")).exists();
		}
	}

	@Test
	void aLinkOfThatNameIsNotFollowed() throws IOException {
		Path precious = Files.createFile(directory("precious").resolve("control"));
		Files.createSymbolicLink(this.base.resolve("iodine-" + NO_PROCESS + "-1"), precious.getParent());

		create().remove();

		assertThat(precious).exists();
	}

	@ParameterizedTest
	@ValueSource(strings = { "iodine-1-1", "iodine-99999999999999999999-1", "iodine-x-1", "iodine-" + NO_PROCESS })
	void directoriesOfProcessesThatRunAndOtherNamesAreLeftAlone(String name) throws IOException {
		Path control = Files.createFile(directory(name).resolve("control"));

		create().remove();

		assertThat(control).exists();
	}

	@Test
	void aPathThatIsTooLongForASocketIsNamedAndLeavesNothing() throws IOException {
		Path deep = directory("x".repeat(100));

		assertThatIOException().isThrownBy(() -> ControlDirectory.create(deep))
			.withMessageContaining("is too long for a Unix socket, whose most is 107 bytes");
		assertThat(deep).isEmptyDirectory();
	}

	@Test
	void aWorkerRemovesTheSocketOfAMasterThatHasEnded() throws IOException {
		ControlDirectory directory = create();
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(directory.control()));

			ControlDirectory.removeStale(worker(directory));

			assertThat(directory.hasSocket()).as("while the master listens").isTrue();
		}
		ControlDirectory.removeStale(worker(directory));

		assertThat(this.base).isEmptyDirectory();
	}

	@Test
	void aDirectoryThatWasRemovedIsMadeAnewForItsOwnerOnly() throws IOException {
		ControlDirectory directory = create();
		Path made = directory.control().getParent();
		directory.restore();
		Files.delete(made);

		directory.restore();

		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).isEqualTo("rwx------");
		assertThat(directory.hasSocket()).isFalse();
	}

	@Test
	void aLinkInPlaceOfTheDirectoryIsNotUsed() throws IOException {
		ControlDirectory directory = create();
		Path made = directory.control().getParent();
		Files.delete(made);
		Files.createSymbolicLink(made, directory("other"));

		assertThatIOException().isThrownBy(directory::restore).withMessage("another user has made " + made);
	}

	private static WorkerIdentity worker(ControlDirectory directory) {
		return new WorkerIdentity(1, 1, 1, ProcessHandle.current().pid(), directory.control());
	}

	private ControlDirectory create() throws IOException {
		return ControlDirectory.create(this.base);
	}

	private Path directory(String name) throws IOException {
		return Files.createDirectory(this.base.resolve(name));
	}

}
