package io.iodine.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A plain socket that says what a test wants said. */
final class SocketPeer implements AutoCloseable {

	private final SocketChannel channel;

	private SocketPeer(SocketChannel channel) {
		this.channel = channel;
	}

	static SocketPeer tcp(int port) throws IOException {
		return connected(SocketChannel.open(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
	}

	static SocketPeer tcp(InetAddress host, int port) throws IOException {
		return connected(SocketChannel.open(), new InetSocketAddress(host, port));
	}

	static SocketPeer unix(Path path) throws IOException {
		return connected(SocketChannel.open(StandardProtocolFamily.UNIX), UnixDomainSocketAddress.of(path));
	}

	private static SocketPeer connected(SocketChannel channel, SocketAddress address) throws IOException {
		channel.connect(address);
		return new SocketPeer(channel);
	}

	SocketPeer send(String text) throws IOException {
		return send(text.getBytes(StandardCharsets.UTF_8));
	}

	SocketPeer send(byte[] bytes) throws IOException {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		while (buffer.hasRemaining()) {
			this.channel.write(buffer);
		}
		return this;
	}

	SocketPeer endOutput() throws IOException {
		this.channel.shutdownOutput();
		return this;
	}

	/** Reads so many bytes, as text. */
	String read(int bytes) throws IOException {
		return new String(readBytes(bytes), StandardCharsets.UTF_8);
	}

	byte[] readBytes(int bytes) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(bytes);
		while (buffer.hasRemaining()) {
			if (this.channel.read(buffer) < 0) {
				throw new IOException("ended after " + buffer.position() + " of " + bytes + " bytes");
			}
		}
		return buffer.array();
	}

	/** Reads to the end, as text. */
	String readAll() throws IOException {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		ByteBuffer buffer = ByteBuffer.allocate(8192);
		while (this.channel.read(buffer) >= 0) {
			all.write(buffer.array(), 0, buffer.position());
			buffer.clear();
		}
		return all.toString(StandardCharsets.UTF_8);
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
