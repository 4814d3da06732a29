package io.iodine.socket;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.net.Listener;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The echo of listeners beside that of plain Netty, in one run. What is compared is the
 * processor time of the event loop for an echo, because rates say little on a machine
 * that has other work.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
class RawEchoProof {

	private static final Log logger = LogFactory.getLog(RawEchoProof.class);

	private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

	private static final int CONNECTIONS = 100;

	private static final int SIZE = 64;

	private static final int WARM_UPS = 4;

	private static final int ROUNDS = 5;

	private static final long ROUND_MILLIS = 1500;

	@Test
	void rawEchoIsNearlyAsFastAsPlainNetty() throws IOException {
		assertThat(ratio("raw", Framer.raw(), false)).isGreaterThan(0.9);
	}

	@Test
	void lengthPrefixedEchoIsNearlyAsFastAsPlainNetty() throws IOException {
		assertThat(ratio("length-prefixed", Framer.lengthPrefixed(), true)).isGreaterThan(0.9);
	}

	private static double ratio(String name, Framer framer, boolean lengths) throws IOException {
		try (SocketFixture ours = new SocketFixture(SocketTransport.create(1));
				SocketFixture plain = new SocketFixture(SocketTransport.create(1));
				SocketFixture load = new SocketFixture(SocketTransport.create(1))) {
			int port = ours.listen(Listener.on("tcp://127.0.0.1:0", new Echo()).framer(framer).nonBlocking(true))
				.port();
			int plainPort = plainServer(plain, lengths);
			List<Double> ratios = new ArrayList<>();
			for (int i = 0; i < WARM_UPS; i++) {
				round(load, ours, port, lengths);
				round(load, plain, plainPort, lengths);
			}
			for (int i = 0; i < ROUNDS; i++) {
				Echoes netty = round(load, plain, plainPort, lengths);
				Echoes iodine = round(load, ours, port, lengths);
				ratios.add(netty.nanos() / iodine.nanos());
				logger.info("PROOF echo " + name + ": " + iodine + " here, " + netty + " plain Netty");
			}
			ratios.sort(null);
			logger.info("PROOF echo " + name + ": median ratio " + ratios.get(ROUNDS / 2) + " of " + ratios);
			return ratios.get(ROUNDS / 2);
		}
	}

	private static int plainServer(SocketFixture plain, boolean lengths) {
		Channel server = new ServerBootstrap().group(plain.transport.loops())
			.channel(plain.transport.tcpServer())
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

	private static Echoes round(SocketFixture load, SocketFixture server, int port, boolean lengths) {
		LongAdder echoes = new LongAdder();
		AtomicBoolean ends = new AtomicBoolean();
		ByteBuf ping = Unpooled.directBuffer();
		if (lengths) {
			ping.writeLongLE(SIZE);
		}
		ping.writeBytes(ByteBuffer.allocate(SIZE));
		List<Channel> channels = new ArrayList<>();
		for (int i = 0; i < CONNECTIONS; i++) {
			channels.add(new Bootstrap().group(load.transport.loops())
				.channel(load.transport.tcp())
				.option(ChannelOption.TCP_NODELAY, true)
				.handler(new Pinger(ping, echoes, ends))
				.connect("127.0.0.1", port)
				.syncUninterruptibly()
				.channel());
		}
		long loop = server.transport.loops()
			.submit(() -> Thread.currentThread().getId())
			.syncUninterruptibly()
			.getNow();
		long start = echoes.sum();
		long cpu = THREADS.getThreadCpuTime(loop);
		await(ROUND_MILLIS);
		long count = echoes.sum() - start;
		double nanos = (double) (THREADS.getThreadCpuTime(loop) - cpu) / count;
		ends.set(true);
		channels.forEach((channel) -> channel.close().syncUninterruptibly());
		ping.release();
		return new Echoes(count * 1000 / ROUND_MILLIS, nanos);
	}

	private static void await(long millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What a round measured.
	 *
	 * @param rate echoes a second
	 * @param nanos processor time of the event loop for each, in nanoseconds
	 */
	private record Echoes(long rate, double nanos) {

		@Override
		public String toString() {
			return Math.round(this.nanos) + " ns (" + this.rate + "/s)";
		}

	}

	/** Sends the next when the last has come back. */
	private static final class Pinger extends ChannelInboundHandlerAdapter {

		private final ByteBuf ping;

		private final LongAdder echoes;

		private final AtomicBoolean ends;

		private int read;

		Pinger(ByteBuf ping, LongAdder echoes, AtomicBoolean ends) {
			this.ping = ping;
			this.echoes = echoes;
			this.ends = ends;
		}

		@Override
		public void channelActive(ChannelHandlerContext ctx) {
			ctx.writeAndFlush(this.ping.retainedDuplicate(), ctx.voidPromise());
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			this.read += ((ByteBuf) message).readableBytes();
			((ByteBuf) message).release();
			if (this.read >= this.ping.readableBytes() && !this.ends.get()) {
				this.read = 0;
				this.echoes.increment();
				ctx.writeAndFlush(this.ping.retainedDuplicate(), ctx.voidPromise());
			}
		}

	}

	/** Sends back what comes. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

}
