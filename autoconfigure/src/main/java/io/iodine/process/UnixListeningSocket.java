package io.iodine.process;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.NetUtil;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket that listens, and its file. It is no Netty channel, because those delete
 * whatever stands at their path when they are closed.
 */
final class UnixListeningSocket implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(UnixListeningSocket.class);

	private final Path path;

	private final Socket socket;

	private final Identity identity;

	private UnixListeningSocket(Path path, Socket socket) throws IOException {
		this.path = path;
		this.socket = socket;
		this.identity = Identity.of(attributes(path));
	}

	/**
	 * Opens a socket, in place of one that a process has left.
	 * @param address its path
	 * @return the socket
	 * @throws IOException when a file that is no socket, or another process, has the path
	 */
	static UnixListeningSocket open(DomainSocketAddress address) throws IOException {
		Path path = Path.of(address.path());
		deleteStale(path);
		Socket socket = Socket.newSocketDomain();
		try {
			socket.bind(address);
			socket.listen(NetUtil.SOMAXCONN);
			return new UnixListeningSocket(path, socket);
		}
		catch (Throwable ex) {
			socket.close();
			throw ex;
		}
	}

	private static void deleteStale(Path path) throws IOException {
		if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		if (!attributes(path).isOther()) {
			throw new BindException(path + " exists and is no socket");
		}
		if (SocketProbe.answers(path)) {
			throw new BindException("another process listens on " + path);
		}
		logger.info("Deletes the socket " + path + ", on which no process listens");
		Files.deleteIfExists(path);
	}

	FileDescriptor descriptor() {
		return this.socket;
	}

	/** Closes the socket, and deletes its file unless another has taken its place. */
	@Override
	public void close() {
		try {
			if (this.identity.equals(Identity.of(attributes(this.path)))) {
				Files.delete(this.path);
			}
		}
		catch (NoSuchFileException ex) {
			logger.debug("The socket " + this.path + " was deleted by another", ex);
		}
		catch (IOException ex) {
			logger.warn("Could not delete the socket " + this.path, ex);
		}
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			logger.debug("The socket " + this.path + " could not be closed", ex);
		}
	}

	private static BasicFileAttributes attributes(Path path) throws IOException {
		return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * A file, as opposed to another that got its number.
	 *
	 * @param key its number
	 * @param made when it was made, by the clock of its last write
	 */
	private record Identity(@Nullable Object key, FileTime made) {

		static Identity of(BasicFileAttributes attributes) {
			return new Identity(attributes.fileKey(), attributes.lastModifiedTime());
		}

	}

}
