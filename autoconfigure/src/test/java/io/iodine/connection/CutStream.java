package io.iodine.connection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/**
 * A follower of numbered messages that is cut now and then, in the midst of whatever it
 * reads, and comes back with the id it saw last.
 */
final class CutStream {

	private final int port;

	private final String path;

	private final Random random;

	private final int bytesALife;

	private final ByteArrayOutputStream line = new ByteArrayOutputStream();

	private @Nullable SelectionKey key;

	private int bytesLeft;

	/** When it may come back, in the clock of {@link System#nanoTime}. */
	private long sleepsUntil;

	private boolean inHead;

	private int chunkLeft;

	private @Nullable String readId;

	private String event = "";

	private @Nullable String data;

	/** What the test wants to know. */
	@Nullable String lastId;

	int next = 1;

	int cutsLeft;

	int cuts;

	int resets;

	boolean wasReset;

	@Nullable String wrong;

	CutStream(int port, String path, int cuts, int bytesALife, Random random) {
		this.port = port;
		this.path = path;
		this.cutsLeft = cuts;
		this.bytesALife = bytesALife;
		this.random = random;
	}

	void wakeIfDue(Selector selector) throws IOException {
		if (this.key != null || System.nanoTime() - this.sleepsUntil < 0) {
			return;
		}
		SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
		channel
			.write(ByteBuffer.wrap(("GET " + this.path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
					+ ((this.lastId != null) ? "Last-Event-ID: " + this.lastId + "\r\n" : "") + "\r\n")
				.getBytes(StandardCharsets.UTF_8)));
		channel.configureBlocking(false);
		this.key = channel.register(selector, SelectionKey.OP_READ, this);
		this.line.reset();
		this.inHead = true;
		this.chunkLeft = -1;
		this.readId = this.lastId;
		this.event = "";
		this.data = null;
		this.bytesLeft = (this.cutsLeft > 0) ? 1 + this.random.nextInt(this.bytesALife) : Integer.MAX_VALUE;
	}

	/** Up to which message it was brought, or told that it was not. */
	int isAt() {
		String id = this.lastId;
		return (id != null && id.contains(":")) ? Integer.parseInt(id.substring(id.indexOf(':') + 1)) : 0;
	}

	void endAt(int message) throws IOException {
		sleep();
		if (this.next <= message && !this.wasReset && this.wrong == null) {
			this.wrong = "after id " + this.lastId + " it waits for " + this.next;
		}
	}

	/** Reads what is there, as far as its life lasts. */
	void read(ByteBuffer buffer) throws IOException {
		SelectionKey current = this.key;
		if (current == null) {
			return;
		}
		buffer.clear();
		int read = ended((SocketChannel) current.channel(), buffer);
		buffer.flip();
		while (buffer.hasRemaining() && this.bytesLeft > 0) {
			take(buffer.get());
			// a newcomer that never had an id would come back as another
			this.bytesLeft -= (this.lastId != null) ? 1 : 0;
		}
		if (this.bytesLeft <= 0) {
			this.cutsLeft--;
			sleep();
		}
		else if (read < 0) {
			sleep();
		}
	}

	void sleep() throws IOException {
		SelectionKey current = this.key;
		if (current != null) {
			// half of them go without a goodbye
			((SocketChannel) current.channel()).setOption(StandardSocketOptions.SO_LINGER,
					this.random.nextBoolean() ? 0 : -1);
			current.channel().close();
			this.key = null;
			this.cuts++;
			this.sleepsUntil = System.nanoTime() + this.random.nextInt(40_000_000);
		}
	}

	private static int ended(SocketChannel channel, ByteBuffer buffer) {
		try {
			return channel.read(buffer);
		}
		catch (IOException ex) {
			return -1;
		}
	}

	private void take(byte b) {
		if (this.chunkLeft > 0 && !this.inHead) {
			this.chunkLeft--;
			if (b != '\n') {
				this.line.write(b);
			}
			else {
				field(takeLine());
			}
		}
		else if (b != '\n') {
			this.line.write(b);
		}
		else {
			headOrChunk(takeLine().stripTrailing());
		}
	}

	private String takeLine() {
		String taken = this.line.toString(StandardCharsets.UTF_8);
		this.line.reset();
		return taken;
	}

	private void headOrChunk(String taken) {
		if (this.inHead) {
			this.inHead = !taken.isEmpty();
		}
		else if (!taken.isEmpty()) {
			this.chunkLeft = Integer.parseInt(taken, 16);
		}
	}

	private void field(String taken) {
		if (taken.startsWith("id: ")) {
			this.readId = taken.substring(4);
		}
		else if (taken.startsWith("event: ")) {
			this.event = taken.substring(7);
		}
		else if (taken.startsWith("data: ")) {
			this.data = taken.substring(6);
		}
		else if (taken.isEmpty()) {
			dispatch();
		}
	}

	private void dispatch() {
		this.lastId = this.readId;
		if ("reset".equals(this.event)) {
			this.resets++;
			this.wasReset = true;
		}
		else if (this.data != null) {
			number(Integer.parseInt(this.data));
		}
		this.event = "";
		this.data = null;
	}

	private void number(int number) {
		if (number != this.next && !(this.wasReset && number > this.next) && this.wrong == null) {
			this.wrong = number + " came when it was " + this.next + "'s turn, in life " + this.cuts + ", after id "
					+ this.lastId;
		}
		this.wasReset = false;
		this.next = number + 1;
	}

}
