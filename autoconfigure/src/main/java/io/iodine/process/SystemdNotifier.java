package io.iodine.process;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Notifies systemd that the service is ready or stops (sd_notify), if
 * {@code NOTIFY_SOCKET} is set.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
public final class SystemdNotifier {

	private static final Log logger = LogFactory.getLog(SystemdNotifier.class);

	private final String socket;

	SystemdNotifier(@Nullable String socket) {
		this.socket = (socket != null) ? socket : "";
	}

	/**
	 * Finds the socket of systemd.
	 * @return does nothing when there is none
	 */
	public static SystemdNotifier ofThisProcess() {
		return new SystemdNotifier(System.getenv("NOTIFY_SOCKET"));
	}

	/** The service is ready. */
	public void ready() {
		send("READY=1\nMAINPID=" + ProcessHandle.current().pid());
	}

	/** The service stops. */
	public void stopping() {
		send("STOPPING=1");
	}

	private void send(String state) {
		if (this.socket.isEmpty()) {
			return;
		}
		if (!Epoll.isAvailable()) {
			logger.warn("systemd can't be told " + state.lines().findFirst().orElse("") + " without epoll",
					Epoll.unavailabilityCause());
			return;
		}
		IoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("iodine-systemd", true),
				EpollIoHandler.newFactory());
		try {
			ChannelFuture connecting = new Bootstrap().group(group)
				.channel(EpollDomainDatagramChannel.class)
				.handler(new ChannelInboundHandlerAdapter())
				.connect(address())
				.await();
			if (!connecting.isSuccess()) {
				logger.warn("systemd can't be told " + state, connecting.cause());
				return;
			}
			Channel channel = connecting.channel();
			channel.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8)).await(1, TimeUnit.SECONDS);
			channel.close().await(1, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
		}
	}

	/** One that begins with @ is abstract: it has no file. */
	private DomainSocketAddress address() {
		return new DomainSocketAddress(this.socket.startsWith("@") ? "\0" + this.socket.substring(1) : this.socket);
	}

}
