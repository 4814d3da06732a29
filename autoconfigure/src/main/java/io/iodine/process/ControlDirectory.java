package io.iodine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.channel.unix.DomainSocketAddress;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** The private directory of the control socket, which only its owner may enter. */
final class ControlDirectory {

	private static final Log logger = LogFactory.getLog(ControlDirectory.class);

	private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

	private static final Pattern NAME = Pattern.compile("iodine-(\\d{1,10})-\\d+");

	private static final String CONTROL = "control";

	private static final Path SELF = Path.of("/proc/self");

	private static final String UID = "unix:uid";

	/** What a Unix socket's address has room for, the final zero included. */
	private static final int LONGEST = 108;

	private final Path control;

	private ControlDirectory(Path control) {
		this.control = control;
	}

	static ControlDirectory create(@Nullable Path parent) throws IOException {
		Path base = ((parent != null) ? parent : Path.of(System.getProperty("java.io.tmpdir"))).toAbsolutePath();
		removeStale(base);
		Path directory = Files.createTempDirectory(base, "iodine-" + ProcessHandle.current().pid() + "-", OWNER_ONLY);
		Path control = directory.resolve(CONTROL);
		if (control.toString().getBytes(StandardCharsets.UTF_8).length >= LONGEST) {
			Files.delete(directory);
			throw new IOException("the path " + control + " is too long for a Unix socket, whose most is "
					+ (LONGEST - 1) + " bytes");
		}
		return new ControlDirectory(control);
	}

	/** What masters have left that were killed with all their workers. */
	private static void removeStale(Path base) throws IOException {
		try (DirectoryStream<Path> found = Files.newDirectoryStream(base, "iodine-*")) {
			for (Path directory : found) {
				Matcher name = NAME.matcher(directory.getFileName().toString());
				if (name.matches() && !isRunning(name.group(1)) && isOwned(directory)
						&& !answers(directory.resolve(CONTROL))) {
					remove(directory.resolve(CONTROL));
				}
			}
		}
	}

	private static boolean isRunning(String pid) {
		return ProcessHandle.of(Long.parseLong(pid)).isPresent();
	}

	/** Another user may have created a link of that name to files of this user. */
	private static boolean isOwned(Path directory) {
		try {
			return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
					&& Files.getAttribute(directory, UID, LinkOption.NOFOLLOW_LINKS)
						.equals(Files.getAttribute(SELF, UID));
		}
		catch (IOException ex) {
			logger.debug("Another master has removed " + directory, ex);
			return false;
		}
	}

	/**
	 * The process may be one of another container, which has the directory but not its
	 * processes in common.
	 */
	private static boolean answers(Path control) {
		try {
			return SocketProbe.answers(control);
		}
		catch (IOException ex) {
			logger.debug("There is no socket " + control, ex);
			return false;
		}
	}

	Path control() {
		return this.control;
	}

	DomainSocketAddress address() {
		return new DomainSocketAddress(this.control.toString());
	}

	/** The user whose directory it is, and so this process. */
	int uid() throws IOException {
		return (int) Files.getAttribute(this.control.getParent(), UID);
	}

	/** Whether the socket is where workers look for it. */
	boolean hasSocket() {
		return Files.exists(this.control, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * Makes the directory anew when something has removed it.
	 * @throws IOException when it can't be made, or another user has made it
	 */
	void restore() throws IOException {
		Path directory = Objects.requireNonNull(this.control.getParent());
		if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
			Files.createDirectory(directory, OWNER_ONLY);
		}
		else if (!isOwned(directory)) {
			throw new IOException("another user has made " + directory);
		}
	}

	void remove() {
		remove(this.control);
	}

	/** Removes the control socket of a master that has ended. */
	static void removeStale(WorkerIdentity worker) {
		if (!answers(worker.control())) {
			remove(worker.control());
		}
	}

	/** Removes a control socket with its directory, unless others have. */
	private static void remove(Path control) {
		try {
			Files.deleteIfExists(control);
			Files.deleteIfExists(control.getParent());
		}
		catch (IOException ex) {
			logger.debug("The control socket " + control + " can't be removed", ex);
		}
	}

}
