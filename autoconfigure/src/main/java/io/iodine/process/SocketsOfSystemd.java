package io.iodine.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets that systemd passed to a process that is no cluster. A socket is
 * sent to this process once more, because that makes it non-blocking.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
public final class SocketsOfSystemd implements InheritedSockets {

	private static final long RECEIVE_SECONDS = 10;

	private final SystemdSockets sockets;

	private final AcceptGate gate = new AcceptGate();

	/**
	 * The sockets of this process.
	 * @param sockets what systemd passed
	 */
	public SocketsOfSystemd(SystemdSockets sockets) {
		this.sockets = sockets;
	}

	@Override
	public boolean has(SocketAddress address) {
		return address instanceof InetSocketAddress tcp && this.sockets.untaken().contains("port " + tcp.getPort());
	}

	@Override
	public ServerChannel take(SocketAddress address) throws IOException {
		FileDescriptor passed = this.sockets.take(address)
			.orElseThrow(() -> new IOException("systemd has passed no socket for " + address));
		FileDescriptor descriptor = sendToThisProcess(passed);
		passed.close();
		return this.gate.channel(descriptor, address, () -> {
		});
	}

	/**
	 * The sockets that no listener has taken.
	 * @return what they listen on
	 */
	public List<String> untaken() {
		return this.sockets.untaken();
	}

	private static FileDescriptor sendToThisProcess(FileDescriptor descriptor) throws IOException {
		ControlDirectory directory = ControlDirectory.create(null);
		IoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("iodine-handover", true),
				EpollIoHandler.newFactory());
		CompletableFuture<FileDescriptor> received = new CompletableFuture<>();
		try {
			Channel server = new ServerBootstrap().group(group)
				.channel(EpollServerDomainSocketChannel.class)
				.childHandler(new Sender(descriptor))
				.bind(directory.address())
				.sync()
				.channel();
			Channel client = SocketHandover.connect(group, directory.address(), received);
			FileDescriptor copy = received.get(RECEIVE_SECONDS, TimeUnit.SECONDS);
			client.close();
			server.close();
			return copy;
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IOException("the socket of systemd could not be taken", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while taking a socket of systemd", ex);
		}
		finally {
			group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
			directory.remove();
		}
	}

	@Override
	public void accept() {
		this.gate.open();
	}

	@Override
	public void stopAccepting() {
		this.gate.close();
	}

	/** Sends the descriptor to the first that connects. */
	@Sharable
	private static final class Sender extends ChannelInboundHandlerAdapter {

		private @Nullable FileDescriptor descriptor;

		Sender(FileDescriptor descriptor) {
			this.descriptor = descriptor;
		}

		@Override
		public void channelActive(ChannelHandlerContext ctx) {
			FileDescriptor next = this.descriptor;
			this.descriptor = null;
			if (next == null) {
				ctx.close();
				return;
			}
			ctx.writeAndFlush(next).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
		}

	}

}
