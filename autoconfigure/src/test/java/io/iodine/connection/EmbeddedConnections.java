package io.iodine.connection;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.connection.Connections.Transfer;
import io.iodine.connection.fanout.FanoutSource;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.connection.limit.Permit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import org.jspecify.annotations.Nullable;
import org.mockito.Mockito;

/**
 * Connections over embedded channels, on the thread of the test: callbacks wait until
 * they are run, and sockets take nothing while they are blocked.
 */
final class EmbeddedConnections {

	private final Queue<Runnable> submitted = new ArrayDeque<>();

	private final Map<String, MessageListener> subscribed = new HashMap<>();

	private final Recording observer = new Recording();

	private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

	private final Connections connections;

	EmbeddedConnections(ConnectionSettings settings) {
		this.connections = new Connections(settings, this.submitted::add, Mockito.mock(PubSub.class), new Source(),
				(value) -> new byte[0], this.observer);
	}

	/** Settings with these bounds of the queues, and no others. */
	static ConnectionSettings settings(int maxMessages, int maxBytes, AdmissionLimits limits) {
		return new ConnectionSettings(1024, maxMessages, maxBytes, maxMessages, maxBytes, Overflow.CLOSE, 4, 1024, 64,
				Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), false, CompressionSettings.NONE, limits);
	}

	Client open(Protocol protocol, ConnectionHandler handler) {
		return open(protocol, handler, false, Overflow.CLOSE);
	}

	Client open(Protocol protocol, ConnectionHandler handler, boolean nonBlocking, Overflow overflow) {
		Client client = connect(protocol, handler, nonBlocking, overflow, false);
		client.open();
		client.socket.runPendingTasks();
		runCallbacks();
		return client;
	}

	/** An event stream in chunks of HTTP/1.1. */
	Client openStream(ConnectionHandler handler) {
		Client client = connect(Protocol.SSE, handler, true, Overflow.CLOSE, false, Transfer.CHUNKED);
		client.open();
		client.socket.runPendingTasks();
		return client;
	}

	/** A connection to a server, which is not established yet. */
	Client dial(Protocol protocol, ConnectionHandler handler) {
		return connect(protocol, handler, true, Overflow.CLOSE, true);
	}

	private Client connect(Protocol protocol, ConnectionHandler handler, boolean nonBlocking, Overflow overflow,
			boolean dialed) {
		return connect(protocol, handler, nonBlocking, overflow, dialed, Transfer.BARE);
	}

	private Client connect(Protocol protocol, ConnectionHandler handler, boolean nonBlocking, Overflow overflow,
			boolean dialed, Transfer transfer) {
		Socket socket = new Socket();
		socket.config().setAllocator(this.allocator);
		ConnectionChannelHandler last = this.connections.connect(socket,
				new Handshake(protocol, Optional.empty(), Optional.empty(), handler, nonBlocking, overflow,
						CallbackScope.NONE, Optional.empty(), PingSettings.DEFAULT, Permit.uncounted(), Framer.raw(),
						Optional.empty(), dialed, Optional.empty()),
				transfer);
		socket.pipeline().addLast(last);
		return new Client(socket, (NettyConnection) last.connection());
	}

	/** Bytes of buffers that were not released. */
	long allocated() {
		return this.allocator.metric().usedDirectMemory() + this.allocator.metric().usedHeapMemory();
	}

	/** Number of runs that were submitted and not begun. */
	int submitted() {
		return this.submitted.size();
	}

	/** Runs the oldest of the submitted runs. */
	void runCallbacks(int runs) {
		for (int i = 0; i < runs; i++) {
			this.submitted.remove().run();
		}
	}

	void runCallbacks() {
		for (Runnable next; (next = this.submitted.poll()) != null;) {
			next.run();
		}
	}

	void publish(String channel, Message message) throws Exception {
		MessageListener listener = this.subscribed.get(channel);
		if (listener == null) {
			throw new IllegalArgumentException("nothing is subscribed to " + channel);
		}
		listener.onMessage(channel, message);
	}

	List<String> observed() {
		return this.observer.events;
	}

	/**
	 * One of the connections.
	 *
	 * @param socket its socket
	 * @param connection the connection
	 */
	record Client(Socket socket, NettyConnection connection) {

		void open() {
			this.connection.channelHandler().open();
		}

		/** Reads bytes, as in one read of the socket. */
		void receive(ByteBuf bytes) {
			this.socket.pipeline().fireChannelRead(bytes).fireChannelReadComplete();
			this.socket.runPendingTasks();
		}

		/** What was written since it was asked last. */
		ByteBuf sent() {
			this.socket.runPendingTasks();
			ByteBuf all = Unpooled.buffer();
			for (ByteBuf next; (next = this.socket.readOutbound()) != null;) {
				all.writeBytes(next);
				next.release();
			}
			return all;
		}

		/** The sizes of the buffers that were written since it was asked last. */
		List<Integer> sentSizes() {
			List<Integer> sizes = new ArrayList<>();
			for (ByteBuf next; (next = this.socket.readOutbound()) != null;) {
				sizes.add(next.readableBytes());
				next.release();
			}
			sizes.removeIf((size) -> size == 0);
			return sizes;
		}

		/** Has the socket take nothing until it is unblocked. */
		void block() {
			this.socket.takesNothing = true;
		}

		/**
		 * Has the socket take nothing of the next flush, and all of the one after it.
		 * @param meanwhile runs instead of the flush
		 */
		void blockOnce(Runnable meanwhile) {
			this.socket.insteadOfFlush = meanwhile;
		}

		void unblock() {
			this.socket.takesNothing = false;
			this.socket.flush();
			this.socket.runPendingTasks();
		}

		boolean isReading() {
			return this.socket.config().isAutoRead();
		}

		void end() {
			this.socket.finishAndReleaseAll();
		}

	}

	/** A socket whose send buffer can be full. */
	static final class Socket extends EmbeddedChannel {

		private boolean takesNothing;

		private @Nullable Runnable insteadOfFlush;

		private int flushes;

		/** How often it was written to. */
		int flushes() {
			return this.flushes;
		}

		@Override
		protected void doWrite(ChannelOutboundBuffer in) throws Exception {
			this.flushes++;
			Runnable instead = this.insteadOfFlush;
			this.insteadOfFlush = null;
			if (instead != null) {
				instead.run();
			}
			else if (!this.takesNothing) {
				super.doWrite(in);
			}
		}

	}

	private final class Source implements FanoutSource {

		@Override
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
			EmbeddedConnections.this.subscribed.put(channel, listener);
			return () -> EmbeddedConnections.this.subscribed.remove(channel);
		}

		@Override
		public void notifyEngines() {
			// no engine is attached
		}

	}

	private static final class Recording implements ConnectionObserver {

		private final List<String> events = new ArrayList<>();

		@Override
		public void readingPaused(Connection client) {
			this.events.add("paused");
		}

		@Override
		public void dropped(Connection client, int messages) {
			this.events.add("dropped " + messages);
		}

	}

}
