package io.iodine.process;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;

/**
 * The listening channels over inherited sockets, which accept together from the moment
 * the process is ready until it stops.
 */
final class AcceptGate {

	private final Set<ServerChannel> channels = ConcurrentHashMap.newKeySet();

	private volatile boolean open;

	ServerChannel channel(FileDescriptor descriptor, SocketAddress address, Runnable closed) {
		ServerChannel channel = (address instanceof InetSocketAddress)
				? new EpollServerSocketChannel(descriptor.intValue())
				: new EpollServerDomainSocketChannel(descriptor.intValue());
		// one at a time, so that one process doesn't empty the queue of all
		MaxMessagesRecvByteBufAllocator allocator = channel.config().getRecvByteBufAllocator();
		allocator.maxMessagesPerRead(1);
		channel.config().setAutoRead(false);
		channel.pipeline().addLast("iodine.inherited", new AlreadyBound());
		this.channels.add(channel);
		channel.closeFuture().addListener((done) -> {
			this.channels.remove(channel);
			closed.run();
		});
		return channel;
	}

	void open() {
		this.open = true;
		this.channels.forEach(this::apply);
	}

	void close() {
		this.open = false;
		this.channels.forEach(this::apply);
	}

	/** A channel that is not registered yet is set when it is. */
	private void apply(ServerChannel channel) {
		if (channel.isRegistered()) {
			channel.eventLoop().execute(() -> channel.config().setAutoRead(this.open));
		}
	}

	/** The socket has listened since it was opened. */
	private final class AlreadyBound extends ChannelDuplexHandler {

		@Override
		public void channelRegistered(ChannelHandlerContext ctx) {
			ctx.channel().config().setAutoRead(AcceptGate.this.open);
			ctx.fireChannelRegistered();
		}

		@Override
		public void bind(ChannelHandlerContext ctx, SocketAddress localAddress, ChannelPromise promise) {
			promise.setSuccess();
		}

	}

}
