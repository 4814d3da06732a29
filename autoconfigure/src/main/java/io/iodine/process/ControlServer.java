package io.iodine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.iodine.concurrent.ThrottledLog;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.PeerCredentials;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The master's end of the control socket: knows workers by the process id that the
 * operating system tells, and refuses all others.
 */
// a failed write closes the channel, which is noticed
@SuppressWarnings("FutureReturnValueIgnored")
final class ControlServer {

	private static final Log logger = LogFactory.getLog(ControlServer.class);

	private final ClusterSettings settings;

	private final ControlDirectory directory;

	private final EventLoop loop;

	private final int uid;

	private final Cluster cluster;

	private final ListeningSockets sockets;

	private final Relay relay;

	private final ThrottledLog strangers = new ThrottledLog(logger);

	private @Nullable Channel channel;

	ControlServer(ClusterSettings settings, ControlDirectory directory, EventLoop loop, Cluster cluster,
			ListeningSockets sockets, Relay relay) throws IOException {
		this.settings = settings;
		this.directory = directory;
		this.loop = loop;
		this.uid = directory.uid();
		this.cluster = cluster;
		this.sockets = sockets;
		this.relay = relay;
	}

	ChannelFuture bind() {
		ChannelFuture binding = new ServerBootstrap().group(this.loop)
			.channel(EpollServerDomainSocketChannel.class)
			.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Frame.WATER_MARK)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel child) {
					child.pipeline().addLast(new Conversation(ControlServer.this.settings.maxMessageBytes()));
				}

			})
			.bind(this.directory.address());
		this.channel = binding.channel();
		return binding;
	}

	/**
	 * Opens the socket anew when something has removed its file, so that workers can
	 * connect. On the event loop.
	 * @throws IOException when its directory can't be made
	 */
	void restore() throws IOException {
		if (this.directory.hasSocket()) {
			return;
		}
		logger.warn("The control socket " + this.directory.control() + " was removed and is opened again. If "
				+ "something cleans this directory, set iodine.cluster.directory to another");
		try {
			this.directory.restore();
		}
		catch (IOException ex) {
			throw new IOException("the control socket " + this.directory.control()
					+ " was removed and can't be opened again (" + ex + "). Make its directory writable, or set "
					+ "iodine.cluster.directory to another and restart the master", ex);
		}
		if (this.channel != null) {
			this.channel.close();
		}
		bind().addListener((bound) -> {
			if (!bound.isSuccess()) {
				logger.error("The control socket " + this.directory.control() + " can't be opened", bound.cause());
			}
		});
	}

	void close() {
		if (this.channel != null) {
			this.channel.close().syncUninterruptibly();
		}
	}

	private @Nullable Worker worker(Channel connection) throws IOException {
		PeerCredentials peer = ((EpollDomainSocketChannel) connection).peerCredentials();
		Worker worker = (peer.uid() == this.uid) ? this.cluster.worker(peer.pid()) : null;
		if (worker == null) {
			this.strangers
				.warn(() -> "Refused process " + peer.pid() + " of user " + peer.uid() + ", which is no worker");
		}
		return worker;
	}

	/** What is said on one connection. */
	private final class Conversation extends ControlFrameReader {

		private @Nullable Worker worker;

		private boolean control;

		Conversation(int maxBody) {
			super(maxBody);
		}

		@Override
		public void channelActive(ChannelHandlerContext ctx) throws IOException {
			this.worker = worker(ctx.channel());
			if (this.worker == null) {
				ctx.close();
			}
		}

		@Override
		void received(ChannelHandlerContext ctx, FrameType type, ByteBuf frame) throws IOException {
			Worker peer = this.worker;
			if (peer == null) {
				return;
			}
			peer.answered();
			switch (type) {
				case CONTROL -> join(ctx, peer, frame.readInt());
				case SOCKET -> handOver(ctx, peer, frame.toString(StandardCharsets.UTF_8));
				case READY -> ready(peer);
				case PONG -> {
					// as any frame, it is a sign of life
				}
				case RESTART -> restart(frame.readInt());
				case RELAY -> ControlServer.this.relay.received(peer, frame);
				default -> throw new IllegalStateException("a worker must not send " + type);
			}
		}

		private void ready(Worker peer) {
			ControlServer.this.cluster.ready(peer);
			if (peer.isReady()) {
				ControlServer.this.relay.ready(peer);
			}
		}

		private void join(ChannelHandlerContext ctx, Worker peer, int version) {
			if (peer.isConnected()) {
				throw new IllegalStateException("a worker has one control channel");
			}
			if (version != Frame.VERSION) {
				ControlServer.this.cluster.stalled(peer,
						"has version " + version + " of the control protocol, and the master version " + Frame.VERSION
								+ ": another release of iodine needs a restart of the master");
				return;
			}
			this.control = true;
			peer.connected(new WorkerLink(ctx.channel(), ControlServer.this.settings.maxRelayPending()));
			ControlServer.this.relay.joined(peer);
		}

		private void handOver(ChannelHandlerContext ctx, Worker peer, String name) throws IOException {
			ListenAddress address = ListenAddress.parse(name);
			ControlServer.this.sockets.get(address, new ListeningSockets.Callback() {

				@Override
				public void opened(FileDescriptor descriptor) {
					ctx.writeAndFlush(descriptor).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
				}

				@Override
				public void refused(String reason) {
					peer.tell(FrameType.SOCKET_REFUSED, new SocketRefusal(name, reason).format());
				}

			});
		}

		/** 0 means all. */
		private void restart(int number) {
			if (number == 0) {
				ControlServer.this.cluster.restart();
			}
			else if (number > 0 && number <= ControlServer.this.settings.processes()) {
				ControlServer.this.cluster.restart(number);
			}
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext ctx) {
			if (this.control && this.worker != null) {
				this.worker.writable();
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			if (this.control && this.worker != null) {
				ControlServer.this.cluster.disconnected(this.worker);
				ControlServer.this.relay.left(this.worker);
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
			if (failure instanceof IOException) {
				logger.debug(this.worker + " ended without closing its control connection", failure);
			}
			else {
				logger.error("A frame of " + this.worker + " could not be handled", failure);
			}
			ctx.close();
		}

	}

}
