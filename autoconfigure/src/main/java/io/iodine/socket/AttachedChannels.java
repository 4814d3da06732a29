package io.iodine.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The event loop of channels of the JDK that were connected elsewhere, made with the
 * first: epoll does not take them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed close leaves nothing to do
final class AttachedChannels {

	/** Guarded by this. */
	private @Nullable EventLoopGroup loop;

	/** Gives a channel an event loop, on which it reads nothing until told to. */
	Channel register(SocketChannel socket) {
		if (!socket.isConnected()) {
			throw new IllegalArgumentException("the channel " + socket + " is not connected");
		}
		Channel channel = channel(socket);
		channel.config().setAutoRead(false);
		loop().register(channel);
		return channel;
	}

	private static Channel channel(SocketChannel socket) {
		try {
			return (socket.getRemoteAddress() instanceof UnixDomainSocketAddress)
					? new NioDomainSocketChannel(null, socket) : new NioSocketChannel(socket);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The channel " + socket + " can't be attached", ex);
		}
	}

	private synchronized EventLoopGroup loop() {
		EventLoopGroup running = this.loop;
		if (running == null) {
			running = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("iodine-attached", true),
					NioIoHandler.newFactory());
			this.loop = running;
		}
		return running;
	}

	/** Ends the event loop, and the channels that are still open. */
	synchronized void close() {
		if (this.loop != null) {
			this.loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
			this.loop = null;
		}
	}

}
