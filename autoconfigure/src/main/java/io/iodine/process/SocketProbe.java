package io.iodine.process;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Finds out whether a process listens on a Unix socket, or has left its file. */
final class SocketProbe {

	private static final Log logger = LogFactory.getLog(SocketProbe.class);

	private SocketProbe() {
	}

	/**
	 * Whether a process listens. Doesn't wait for one whose queue is full.
	 * @param socket the file
	 * @return false when none does
	 * @throws IOException when that can't be known
	 */
	static boolean answers(Path socket) throws IOException {
		try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			probe.configureBlocking(false);
			boolean connected = probe.connect(UnixDomainSocketAddress.of(socket));
			logger.debug("A process listens on " + socket + (connected ? "" : ", whose queue is full"));
			return true;
		}
		catch (ConnectException ex) {
			logger.debug("No process listens on " + socket, ex);
			return false;
		}
	}

}
