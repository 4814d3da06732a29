package io.iodine.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;

/**
 * Writes to a native socket past the pipeline and the outbound buffer of its channel,
 * while both are empty. Belongs to the event loop.
 */
final class DirectWriter {

	private static final String EPOLL = "io.netty.channel.epoll.";

	private static final String KQUEUE = "io.netty.channel.kqueue.";

	private DirectWriter() {
	}

	/**
	 * Whether a channel has a native socket whose writes are system calls; those of
	 * io_uring are submissions.
	 * @param channel the channel
	 * @return false when {@link #write} must not be called
	 */
	static boolean suits(Channel channel) {
		String type = channel.getClass().getName();
		return channel instanceof DuplexChannel && (type.startsWith(EPOLL) || type.startsWith(KQUEUE));
	}

	/**
	 * Writes bytes, unless a handler of the pipeline has to see them or earlier bytes
	 * wait. A failure is left to the channel, which fails again and closes.
	 * @param context the context of the writing handler, of a channel that suits
	 * @param bytes the bytes, whose indexes stay
	 * @return how many the socket has taken, from 0 to all; the others must be written to
	 * the channel
	 */
	static int write(ChannelHandlerContext context, ByteBuf bytes) {
		Channel channel = context.channel();
		ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
		// without an outbound buffer the channel is closed, and its descriptor may be
		// that of another socket
		if (unsent == null || unsent.totalPendingWriteBytes() > 0 || channel.pipeline().firstContext() != context) {
			return 0;
		}
		try {
			return Math.max(0, send((Socket) ((UnixChannel) channel).fd(), bytes));
		}
		catch (IOException | NotYetConnectedException ex) {
			return 0;
		}
	}

	private static int send(Socket socket, ByteBuf bytes) throws IOException {
		if (bytes.hasMemoryAddress()) {
			return socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
		}
		if (!bytes.isDirect() || bytes.nioBufferCount() != 1) {
			return 0;
		}
		ByteBuffer buffer = bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes());
		return socket.send(buffer, buffer.position(), buffer.limit());
	}

}
