package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Connects to the control socket of a master, as any user, and tells what comes. */
final class ControlStranger {

	private ControlStranger() {
	}

	/** Prints the outcome. */
	@SuppressWarnings("SystemOut") // which the test reads
	public static void main(String[] args) {
		try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(args[0])))) {
			System.out.println("read " + socket.read(ByteBuffer.allocate(1)));
		}
		catch (IOException ex) {
			System.out.println("failed: " + ex.getMessage());
		}
	}

}
