package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * As many WebSockets to each worker, which check the numbers of each publisher. They look
 * at heads and numbers only, so that the servers do most of the work.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
final class FanoutClients implements AutoCloseable {

	private static final int FRAME = 2 + 64;

	private static final byte[] REQUEST = ("GET /numbers HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
			+ "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		.getBytes(StandardCharsets.US_ASCII);

	private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final List<Client> clients = new CopyOnWriteArrayList<>();

	private final BlockingQueue<Client> greeted = new LinkedBlockingQueue<>();

	/** Connects until each worker has so many; the kernel decides which one accepts. */
	FanoutClients(int port, int workers, int each) throws InterruptedException {
		int[] counts = new int[workers + 1];
		for (int attempt = 0; IntStream.rangeClosed(1, workers)
			.anyMatch((worker) -> counts[worker] < each); attempt++) {
			assertThat(attempt).as("connections until each worker has its clients").isLessThan(50 * workers * each);
			Client client = new Client();
			Channel channel = new Bootstrap().group(this.loop)
				.channel(NioSocketChannel.class)
				.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(64 * 1024))
				.handler(client)
				.connect("127.0.0.1", port)
				.sync()
				.channel();
			Client next = this.greeted.poll(60, TimeUnit.SECONDS);
			assertThat(next).as("the connection that a worker greets").isSameAs(client);
			if (counts[client.worker]++ < each) {
				this.clients.add(client);
			}
			else {
				channel.close().sync();
			}
		}
	}

	/** What each has heard at least. */
	long slowest() {
		return this.clients.stream().mapToLong((client) -> client.heard).min().orElseThrow();
	}

	long outOfOrder() {
		return this.clients.stream().mapToLong((client) -> client.outOfOrder).sum();
	}

	boolean areOpen() {
		return this.clients.stream().noneMatch((client) -> client.closed);
	}

	@Override
	public void close() {
		this.loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
	}

	/** A WebSocket. */
	private final class Client extends ByteToMessageDecoder {

		private final int[] last = new int[3];

		private boolean open;

		private volatile int worker;

		private volatile long heard;

		private volatile long outOfOrder;

		private volatile boolean closed;

		@Override
		public void channelActive(ChannelHandlerContext ctx) {
			ctx.writeAndFlush(Unpooled.wrappedBuffer(REQUEST), ctx.voidPromise());
		}

		@Override
		@SuppressWarnings("NonAtomicVolatileUpdate") // of one thread, read by another
		protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
			while (!this.open && in.isReadable(4)) {
				this.open = in.getInt(in.readerIndex()) == 0x0D0A0D0A;
				in.skipBytes(this.open ? 4 : 1);
			}
			int numbers = 0;
			while (this.open && in.isReadable(FRAME)) {
				int publisher = in.getInt(in.readerIndex() + 2);
				int number = in.getInt(in.readerIndex() + 6);
				in.skipBytes(FRAME);
				if (publisher == 0) {
					this.worker = number;
					FanoutClients.this.greeted.add(this);
					continue;
				}
				if (number != this.last[publisher] + 1) {
					this.outOfOrder++;
				}
				this.last[publisher] = number;
				numbers++;
			}
			this.heard += numbers;
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			this.closed = true;
		}

	}

}
