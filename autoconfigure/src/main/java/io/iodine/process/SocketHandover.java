package io.iodine.process;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannelOption;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Receives one descriptor on a Unix socket. Netty makes it non-blocking, which a socket
 * of systemd is not.
 */
final class SocketHandover {

	private static final Log logger = LogFactory.getLog(SocketHandover.class);

	private SocketHandover() {
	}

	/** Connects and asks for a socket. */
	static Channel request(EventLoopGroup group, DomainSocketAddress master, String name,
			CompletableFuture<FileDescriptor> answer) throws IOException {
		Channel channel = connect(group, master, answer);
		channel.writeAndFlush(Frame.of(FrameType.SOCKET, name)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
		return channel;
	}

	/** Connects to receive a descriptor without asking. */
	static Channel connect(EventLoopGroup group, DomainSocketAddress sender, CompletableFuture<FileDescriptor> answer)
			throws IOException {
		try {
			return new Bootstrap().group(group)
				.channel(EpollDomainSocketChannel.class)
				.option(UnixChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
				.handler(new Receiver(answer))
				.connect(sender)
				.sync()
				.channel();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while connecting to " + sender, ex);
		}
	}

	/** Waits for the descriptor. */
	private static final class Receiver extends ChannelInboundHandlerAdapter {

		private final CompletableFuture<FileDescriptor> answer;

		Receiver(CompletableFuture<FileDescriptor> answer) {
			this.answer = answer;
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			FileDescriptor descriptor = (FileDescriptor) message;
			if (!this.answer.complete(descriptor)) {
				close(descriptor);
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			this.answer.completeExceptionally(new IOException("the connection was closed before the socket came"));
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
			this.answer.completeExceptionally(failure);
		}

		private static void close(FileDescriptor descriptor) {
			try {
				descriptor.close();
			}
			catch (IOException ex) {
				logger.debug("A socket that came too late can't be closed", ex);
			}
		}

	}

}
