package io.iodine.socket;

import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Event loops, and the channels that run on them.
 *
 * @param loops the event loops
 * @param tcpServer listens on TCP
 * @param tcp a TCP connection
 * @param unixServer listens on a Unix socket
 * @param unix a connection on a Unix socket
 * @param udp a UDP socket
 * @param nativeAddresses whether Unix sockets have addresses of Netty's own
 */
public record SocketTransport(EventLoopGroup loops, Class<? extends ServerChannel> tcpServer,
		Class<? extends Channel> tcp, Class<? extends ServerChannel> unixServer, Class<? extends Channel> unix,
		Class<? extends Channel> udp, boolean nativeAddresses) {

	/**
	 * Creates event loops of its own, with epoll where it is available.
	 * @param workers how many
	 * @return the transport, whose loops are to be shut down
	 */
	public static SocketTransport create(int workers) {
		return isEpoll() ? epoll(loops(workers, EpollIoHandler.newFactory()))
				: nio(loops(workers, NioIoHandler.newFactory()));
	}

	/**
	 * Uses the event loops of another.
	 * @param loops the event loops
	 * @param tcpServer what listens on TCP there
	 * @return the transport; empty when these loops serve no Unix sockets
	 */
	public static Optional<SocketTransport> sharing(EventLoopGroup loops, Class<? extends ServerChannel> tcpServer) {
		if (tcpServer == NioServerSocketChannel.class) {
			return Optional.of(nio(loops));
		}
		return (isEpoll() && tcpServer == EpollServerSocketChannel.class) ? Optional.of(epoll(loops))
				: Optional.empty();
	}

	private static SocketTransport epoll(EventLoopGroup loops) {
		return new SocketTransport(loops, EpollServerSocketChannel.class, EpollSocketChannel.class,
				EpollServerDomainSocketChannel.class, EpollDomainSocketChannel.class, EpollDatagramChannel.class, true);
	}

	private static SocketTransport nio(EventLoopGroup loops) {
		return new SocketTransport(loops, NioServerSocketChannel.class, NioSocketChannel.class,
				NioServerDomainSocketChannel.class, NioDomainSocketChannel.class, NioDatagramChannel.class, false);
	}

	private static boolean isEpoll() {
		try {
			return Epoll.isAvailable();
		}
		catch (NoClassDefFoundError ex) {
			return false;
		}
	}

	private static EventLoopGroup loops(int workers, IoHandlerFactory handlers) {
		return new MultiThreadIoEventLoopGroup(workers, new DefaultThreadFactory("iodine-socket", true), handlers);
	}

	/** The option that lets several processes listen on one port. */
	ChannelOption<Boolean> reusePort() {
		return this.nativeAddresses ? UnixChannelOption.SO_REUSEPORT
				: NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
	}

	/** Whether listeners take data before a handshake is complete. */
	boolean isFastOpenAvailable() {
		return this.nativeAddresses && Epoll.isTcpFastOpenServerSideAvailable();
	}

	SocketAddress unixAddress(String path) {
		return this.nativeAddresses ? new DomainSocketAddress(path) : UnixDomainSocketAddress.of(path);
	}

}
