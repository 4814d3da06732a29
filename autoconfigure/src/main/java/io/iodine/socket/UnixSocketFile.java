package io.iodine.socket;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** The file of a Unix socket that listens. Its methods block. */
public final class UnixSocketFile {

	private static final Log logger = LogFactory.getLog(UnixSocketFile.class);

	private final Path path;

	/** Which file is ours: another process may have replaced it. */
	private @Nullable Identity identity;

	/**
	 * Names a file.
	 * @param path its path
	 */
	public UnixSocketFile(String path) {
		this.path = Path.of(path);
	}

	/**
	 * Deletes a file that an earlier process has left. One on which a process answers, or
	 * that is no socket, stays.
	 * @throws IOException when it stays
	 */
	public void deleteStale() throws IOException {
		BasicFileAttributes attributes;
		try {
			attributes = attributes();
		}
		catch (NoSuchFileException ex) {
			return;
		}
		if (!attributes.isOther()) {
			throw new BindException(this.path + " exists and is no socket");
		}
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.connect(UnixDomainSocketAddress.of(this.path));
		}
		catch (ConnectException ex) {
			logger.info("Deleting the socket " + this.path + ", on which no process answers");
			Files.delete(this.path);
			return;
		}
		throw new BindException("another process listens on " + this.path);
	}

	/**
	 * The socket is bound.
	 * @param permissions who may connect, as in {@code rw-rw----}
	 * @throws IOException when the permissions can't be set
	 */
	public void bound(Optional<String> permissions) throws IOException {
		if (permissions.isPresent()) {
			Files.setPosixFilePermissions(this.path, PosixFilePermissions.fromString(permissions.get()));
		}
		this.identity = Identity.of(attributes());
	}

	/** Deletes the file, unless another has taken its place. */
	public void delete() {
		try {
			if (this.identity != null && this.identity.equals(Identity.of(attributes()))) {
				Files.delete(this.path);
			}
		}
		catch (NoSuchFileException ex) {
			logger.debug("The socket " + this.path + " was deleted by another", ex);
		}
		catch (IOException ex) {
			logger.warn("Could not delete the socket " + this.path, ex);
		}
	}

	private BasicFileAttributes attributes() throws IOException {
		return Files.readAttributes(this.path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * A file, as opposed to another that got its number.
	 *
	 * @param socket whether it is a socket
	 * @param key its number
	 * @param changed when it was made
	 */
	private record Identity(boolean socket, @Nullable Object key, FileTime changed) {

		static Identity of(BasicFileAttributes attributes) {
			return new Identity(attributes.isOther(), attributes.fileKey(), attributes.lastModifiedTime());
		}

	}

}
