package io.iodine.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * Thousands of plain sockets, followers of event streams and WebSockets, that one thread
 * reads and that remember only the last octets of each.
 */
final class ManyPeers implements AutoCloseable {

	private static final int TAIL = 64;

	/** So many may be waiting for their answer. */
	private static final int AT_ONCE = 200;

	private final Selector selector;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);

	private final InetSocketAddress server;

	private int answered;

	private int ended;

	private int goodbyes;

	private long octets;

	ManyPeers(int port) throws IOException {
		this.selector = Selector.open();
		this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
	}

	/**
	 * Connects more, and reads until all of them are answered.
	 * @param count how many
	 * @param kind what they speak
	 * @param path what they ask for
	 */
	void connect(int count, Kind kind, String path) throws IOException {
		int target = this.answered + count;
		for (int i = 0; i < count; i++) {
			SocketChannel channel = SocketChannel.open(this.server);
			channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			channel.write(ByteBuffer.wrap(kind.request(path).getBytes(StandardCharsets.US_ASCII)));
			channel.configureBlocking(false);
			channel.register(this.selector, SelectionKey.OP_READ, new Peer(kind));
			while (target - count + i + 1 - this.answered > AT_ONCE) {
				read();
			}
		}
		while (this.answered < target) {
			read();
		}
	}

	/**
	 * Reads for some time, or until all have ended.
	 * @param time how long
	 */
	void readFor(Duration time) throws IOException {
		long end = System.nanoTime() + time.toNanos();
		while (this.ended < this.answered && System.nanoTime() < end) {
			read();
		}
	}

	int goodbyes() {
		return this.goodbyes;
	}

	int ended() {
		return this.ended;
	}

	long octets() {
		return this.octets;
	}

	private void read() throws IOException {
		this.selector.select((key) -> {
			try {
				read((SocketChannel) key.channel(), (Peer) key.attachment());
			}
			catch (IOException ex) {
				end(key);
			}
		}, 100);
	}

	private void read(SocketChannel channel, Peer peer) throws IOException {
		this.buffer.clear();
		int length = channel.read(this.buffer);
		if (length < 0) {
			end(channel.keyFor(this.selector));
			return;
		}
		this.octets += length;
		peer.take(this.buffer.flip());
		if (!peer.answered && peer.hasHead()) {
			peer.answered = true;
			this.answered++;
		}
		if (peer.kind == Kind.WEB_SOCKET && peer.saidGoodbye()) {
			channel.write(ByteBuffer.wrap(RawPeer.closeFrame(1001, "")));
		}
	}

	private void end(SelectionKey key) {
		Peer peer = (Peer) key.attachment();
		this.ended++;
		this.goodbyes += peer.saidGoodbye() ? 1 : 0;
		key.cancel();
		try {
			key.channel().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		for (SelectionKey key : this.selector.keys()) {
			key.channel().close();
		}
		this.selector.close();
	}

	/** What a peer speaks. */
	enum Kind {

		/** Its goodbye is a close frame with 1001. */
		WEB_SOCKET("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
				+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "\u0088\u0002\u0003\u00e9"),

		/** Its goodbye is the last chunk, after a time to come back. */
		EVENT_STREAM("Accept: text/event-stream\r\n", "\r\n0\r\n\r\n");

		private final String headers;

		private final String goodbye;

		Kind(String headers, String goodbye) {
			this.headers = headers;
			this.goodbye = goodbye;
		}

		String request(String path) {
			return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + this.headers + "\r\n";
		}

	}

	/** One of them. */
	private static final class Peer {

		private final Kind kind;

		private byte[] tail = {};

		private boolean answered;

		Peer(Kind kind) {
			this.kind = kind;
		}

		void take(ByteBuffer bytes) {
			int length = Math.min(TAIL, bytes.remaining());
			byte[] joined = Arrays.copyOf(this.tail, this.tail.length + length);
			bytes.position(bytes.limit() - length).get(joined, this.tail.length, length);
			this.tail = Arrays.copyOfRange(joined, Math.max(0, joined.length - TAIL), joined.length);
		}

		boolean hasHead() {
			return new String(this.tail, StandardCharsets.ISO_8859_1).contains("\r\n");
		}

		boolean saidGoodbye() {
			return new String(this.tail, StandardCharsets.ISO_8859_1).endsWith(this.kind.goodbye);
		}

	}

}
