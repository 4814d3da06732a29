package io.iodine.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a native socket past the pipeline and the outbound buffer of its channel,
 * while both are empty. Belongs to the event loop.
 * <p>
 * A broadcast calls it for thousands of connections whose objects are in no cache, so it
 * reads few of them: the outbound buffer only when it may not be empty.
 */
final class DirectWriter {

	private static final String EPOLL = "io.netty.channel.epoll.";

	private static final String KQUEUE = "io.netty.channel.kqueue.";

	private final Socket socket;

	private final ChannelPipeline pipeline;

	/** The handler that writes, with no other between it and the socket. */
	private final ChannelHandler handler;

	private @Nullable ChannelHandlerContext context;

	/**
	 * Whether the outbound buffer is known to be empty, which it stays until the handler
	 * writes to the channel, and to be asked no more.
	 */
	private boolean clear;

	/** Whether another thread may close the socket, once that is known. */
	private boolean lingers;

	private boolean knowsLinger;

	private DirectWriter(Channel channel, ChannelHandler handler) {
		this.socket = (Socket) ((UnixChannel) channel).fd();
		this.pipeline = channel.pipeline();
		this.handler = handler;
	}

	/**
	 * Creates the writer of a channel.
	 * @param channel the channel
	 * @param handler the only handler that writes to it
	 * @return null unless the channel has a native socket whose writes are system calls;
	 * those of io_uring are submissions
	 */
	static @Nullable DirectWriter of(Channel channel, ChannelHandler handler) {
		String type = channel.getClass().getName();
		return (channel instanceof DuplexChannel && (type.startsWith(EPOLL) || type.startsWith(KQUEUE)))
				? new DirectWriter(channel, handler) : null;
	}

	/** Is called before the handler writes to the channel. */
	void bytesWait() {
		this.clear = false;
	}

	/**
	 * Writes bytes, unless a handler of the pipeline has to see them or earlier bytes
	 * wait. A failure is left to the channel, which fails again and closes.
	 * @param bytes the bytes, whose indexes stay
	 * @return how many the socket has taken, from 0 to all; the others must be written to
	 * the channel
	 */
	int write(ByteBuf bytes) {
		// the descriptor of a closed socket may be that of another one
		if (!this.socket.isOpen() || !(this.clear || isClear()) || !isFirst()) {
			return 0;
		}
		try {
			return Math.max(0, send(bytes));
		}
		catch (IOException | NotYetConnectedException ex) {
			return 0;
		}
	}

	private boolean isClear() {
		ChannelOutboundBuffer unsent = this.pipeline.channel().unsafe().outboundBuffer();
		boolean empty = unsent != null && unsent.totalPendingWriteBytes() == 0;
		this.clear = empty && !lingers();
		return empty;
	}

	/**
	 * A socket that lingers is closed by another thread, after the event loop has lost
	 * its outbound buffer; so the buffer is checked before each write.
	 */
	private boolean lingers() {
		if (!this.knowsLinger) {
			this.knowsLinger = true;
			this.lingers = !(this.pipeline.channel().config() instanceof SocketChannelConfig config)
					|| config.getSoLinger() > 0;
		}
		return this.lingers;
	}

	private boolean isFirst() {
		if (this.context == null) {
			this.context = this.pipeline.context(this.handler);
		}
		return this.pipeline.firstContext() == this.context;
	}

	private int send(ByteBuf bytes) throws IOException {
		if (bytes.hasMemoryAddress()) {
			return this.socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
		}
		if (!bytes.isDirect() || bytes.nioBufferCount() != 1) {
			return 0;
		}
		ByteBuffer buffer = bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes());
		return this.socket.send(buffer, buffer.position(), buffer.limit());
	}

}
