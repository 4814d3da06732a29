package io.iodine.bench;

import java.nio.ByteOrder;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * Plain Netty with its own codecs and one event loop: WebSockets on a port, echo of bytes
 * on the next port, and of messages with a length on the one after it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel
final class NettyPeer {

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

	private final ChannelGroup subscribers = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	static void start(int port) {
		NettyPeer peer = new NettyPeer();
		peer.listen(port, peer::webSocket);
		peer.listen(port + 1, (channel) -> channel.pipeline().addLast(new Echo()));
		peer.listen(port + 2,
				(channel) -> channel.pipeline()
					.addLast(new LengthFieldBasedFrameDecoder(ByteOrder.LITTLE_ENDIAN, 1 << 16, 0, 8, 0, 8, true),
							new LengthFieldPrepender(ByteOrder.LITTLE_ENDIAN, 8, 0, false), new Echo()));
	}

	private void listen(int port, Pipeline pipeline) {
		new ServerBootstrap().group(this.loops)
			.channel(EpollServerSocketChannel.class)
			.option(ChannelOption.SO_BACKLOG, 4096)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					pipeline.init(channel);
				}

			})
			.bind("127.0.0.1", port)
			.syncUninterruptibly();
	}

	private void webSocket(Channel channel) {
		WebSocketServerProtocolConfig config = WebSocketServerProtocolConfig.newBuilder()
			.websocketPath("/")
			.checkStartsWith(true)
			.build();
		channel.pipeline()
			.addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 16),
					new WebSocketServerProtocolHandler(config), new Paths(this.subscribers));
	}

	/** Adds handlers to a channel. */
	@FunctionalInterface
	private interface Pipeline {

		void init(Channel channel);

	}

	/** Chooses the handler of a WebSocket by its path. */
	private static final class Paths extends ChannelInboundHandlerAdapter {

		private final ChannelGroup subscribers;

		Paths(ChannelGroup subscribers) {
			this.subscribers = subscribers;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete complete) {
				if (complete.requestUri().startsWith("/sub")) {
					this.subscribers.add(ctx.channel());
				}
				ctx.pipeline()
					.replace(this, "handler",
							complete.requestUri().startsWith("/pub") ? new Publish(this.subscribers) : new Echo());
			}
		}

	}

	/** Sends what comes back, flushed once for each read. */
	@Sharable
	private static final class Echo extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			ctx.write(message, ctx.voidPromise());
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext ctx) {
			ctx.flush();
		}

	}

	/** Sends what comes to all subscribers, flushed once for each read. */
	private static final class Publish extends ChannelInboundHandlerAdapter {

		private final ChannelGroup subscribers;

		Publish(ChannelGroup subscribers) {
			this.subscribers = subscribers;
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			if (message instanceof WebSocketFrame frame) {
				for (Channel subscriber : this.subscribers) {
					subscriber.write(frame.retainedDuplicate(), subscriber.voidPromise());
				}
			}
			ReferenceCountUtil.release(message);
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext ctx) {
			this.subscribers.flush();
		}

	}

}
