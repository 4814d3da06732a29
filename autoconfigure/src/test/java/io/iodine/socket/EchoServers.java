package io.iodine.socket;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.net.Listener;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;

/**
 * Echo servers of listeners and of plain Netty, each with one event loop. As a program,
 * prints their ports and ends with its input.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is measured
final class EchoServers {

	private EchoServers() {
	}

	/** A program: true as argument for messages with lengths. */
	public static void main(String[] args) throws IOException {
		boolean lengths = Boolean.parseBoolean(args[0]);
		try (SocketFixture ours = new SocketFixture(SocketTransport.create(1));
				SocketFixture plain = new SocketFixture(SocketTransport.create(1))) {
			String ports = "ports " + listener(ours, lengths) + " " + plain(plain, lengths) + "\n";
			try (OutputStream output = new FileOutputStream(FileDescriptor.out)) {
				output.write(ports.getBytes(StandardCharsets.US_ASCII));
				output.flush();
				System.in.transferTo(OutputStream.nullOutputStream());
			}
		}
	}

	/** Starts a listener, and answers its port. */
	static int listener(SocketFixture sockets, boolean lengths) {
		return sockets
			.listen(Listener.on("tcp://127.0.0.1:0", new Echo())
				.framer(lengths ? Framer.lengthPrefixed() : Framer.raw())
				.nonBlocking(true))
			.port();
	}

	/** Starts a server of plain Netty, and answers its port. */
	static int plain(SocketFixture sockets, boolean lengths) {
		Channel server = new ServerBootstrap().group(sockets.transport.loops())
			.channel(sockets.transport.tcpServer())
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					if (lengths) {
						channel.pipeline()
							.addLast(new LengthFieldBasedFrameDecoder(ByteOrder.LITTLE_ENDIAN, 1 << 16, 0, 8, 0, 8,
									true), new LengthFieldPrepender(ByteOrder.LITTLE_ENDIAN, 8, 0, false));
					}
					channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {

						@Override
						public void channelRead(ChannelHandlerContext ctx, Object message) {
							ctx.write(message, ctx.voidPromise());
						}

						@Override
						public void channelReadComplete(ChannelHandlerContext ctx) {
							ctx.flush();
						}

					});
				}

			})
			.bind("127.0.0.1", 0)
			.syncUninterruptibly()
			.channel();
		return ((InetSocketAddress) server.localAddress()).getPort();
	}

	/** Sends back what comes. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

}
