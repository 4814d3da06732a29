package io.iodine.socket;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The echo of listeners beside that of plain Netty, in one run: by the processor time of
 * the event loop for an echo, and by how many come in a second from servers in a process
 * of their own. Rates say little on a machine that has other work.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
class RawEchoProof {

	private static final Log logger = LogFactory.getLog(RawEchoProof.class);

	private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

	private static final int CONNECTIONS = 100;

	private static final int SIZE = 64;

	private static final int WARM_UPS = 4;

	private static final int ROUNDS = 5;

	private static final int RATE_ROUNDS = 7;

	private static final long ROUND_MILLIS = 1500;

	@Test
	void rawEchoIsNearlyAsFastAsPlainNetty() throws IOException {
		assertThat(ratio("raw", false)).isGreaterThan(0.9);
	}

	@Test
	void lengthPrefixedEchoIsNearlyAsFastAsPlainNetty() throws IOException {
		assertThat(ratio("length-prefixed", true)).isGreaterThan(0.9);
	}

	@Test
	void rawEchoComesNearlyAsOftenAsFromPlainNetty() throws IOException {
		assertThat(rateRatio("raw", false)).isGreaterThan(0.9);
	}

	@Test
	void lengthPrefixedEchoComesNearlyAsOftenAsFromPlainNetty() throws IOException {
		assertThat(rateRatio("length-prefixed", true)).isGreaterThan(0.9);
	}

	private static double ratio(String name, boolean lengths) throws IOException {
		try (SocketFixture ours = new SocketFixture(SocketTransport.create(1));
				SocketFixture plain = new SocketFixture(SocketTransport.create(1));
				SocketFixture load = new SocketFixture(SocketTransport.create(1))) {
			int port = EchoServers.listener(ours, lengths);
			int plainPort = EchoServers.plain(plain, lengths);
			List<Double> ratios = new ArrayList<>();
			for (int i = 0; i < WARM_UPS; i++) {
				round(load, port, lengths, threadOf(ours));
				round(load, plainPort, lengths, threadOf(plain));
			}
			for (int i = 0; i < ROUNDS; i++) {
				Echoes netty = round(load, plainPort, lengths, threadOf(plain));
				Echoes iodine = round(load, port, lengths, threadOf(ours));
				ratios.add(netty.nanos() / iodine.nanos());
				logger.info("PROOF echo " + name + ": " + iodine + " here, " + netty + " plain Netty");
			}
			ratios.sort(null);
			logger.info("PROOF echo " + name + ": median ratio " + ratios.get(ROUNDS / 2) + " of " + ratios);
			return ratios.get(ROUNDS / 2);
		}
	}

	/** The servers in a process of their own, which runs on the first processor only. */
	private static double rateRatio(String name, boolean lengths) throws IOException {
		Process servers = new ProcessBuilder("taskset", "-c", "0",
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), EchoServers.class.getName(), String.valueOf(lengths))
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		try (SocketFixture load = new SocketFixture(SocketTransport.create(1));
				BufferedReader output = servers.inputReader(StandardCharsets.UTF_8)) {
			// among lines of logs
			String[] ports = output.lines()
				.filter((line) -> line.startsWith("ports "))
				.findFirst()
				.orElseThrow()
				.split(" ", -1);
			int port = Integer.parseInt(ports[1]);
			int plainPort = Integer.parseInt(ports[2]);
			List<Double> ratios = new ArrayList<>();
			for (int i = 0; i < WARM_UPS; i++) {
				round(load, port, lengths, 0);
				round(load, plainPort, lengths, 0);
			}
			for (int i = 0; i < RATE_ROUNDS; i++) {
				// before and after, so that a drift of the machine does not count
				long before = round(load, plainPort, lengths, 0).rate();
				long iodine = round(load, port, lengths, 0).rate();
				long after = round(load, plainPort, lengths, 0).rate();
				ratios.add(2.0 * iodine / (before + after));
				logger
					.info("PROOF rate " + name + ": " + iodine + "/s here, " + (before + after) / 2 + "/s plain Netty");
			}
			ratios.sort(null);
			logger.info("PROOF rate " + name + ": median ratio " + ratios.get(RATE_ROUNDS / 2) + " of " + ratios);
			return ratios.get(RATE_ROUNDS / 2);
		}
		finally {
			servers.destroy();
		}
	}

	private static long threadOf(SocketFixture server) {
		return server.transport.loops().submit(() -> Thread.currentThread().getId()).syncUninterruptibly().getNow();
	}

	/** Counts echoes, and the processor time of a thread; 0 for none. */
	private static Echoes round(SocketFixture load, int port, boolean lengths, long thread) {
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
		long start = echoes.sum();
		long cpu = cpuTime(thread);
		await(ROUND_MILLIS);
		long count = echoes.sum() - start;
		double nanos = (double) (cpuTime(thread) - cpu) / count;
		ends.set(true);
		channels.forEach((channel) -> channel.close().syncUninterruptibly());
		ping.release();
		return new Echoes(count * 1000 / ROUND_MILLIS, nanos);
	}

	private static long cpuTime(long thread) {
		return (thread != 0) ? THREADS.getThreadCpuTime(thread) : 0;
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

}
