package io.iodine.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what this version of Netty keeps of a native socket: where its descriptor is, and
 * when nothing stands or waits before a write.
 */
@EnabledOnOs(OS.LINUX)
// what a channel has sent is asserted
@SuppressWarnings({ "FutureReturnValueIgnored", "NullAway.Init" })
class DirectWriterTests {

	private static final int LARGE = 4 << 20;

	private EventLoopGroup loops;

	private Socket peer;

	private Channel channel;

	private ChannelHandlerContext context;

	private DirectWriter writer;

	@BeforeEach
	void connect() throws IOException {
		assertThat(Epoll.isAvailable()).isTrue();
		this.loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			server.setReceiveBufferSize(4096);
			this.channel = new Bootstrap().group(this.loops)
				.channel(EpollSocketChannel.class)
				.option(ChannelOption.SO_SNDBUF, 16 << 10)
				.handler(new ChannelInboundHandlerAdapter())
				.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()))
				.syncUninterruptibly()
				.channel();
			this.peer = server.accept();
		}
		this.peer.setSoTimeout(30_000);
		this.context = this.channel.pipeline().firstContext();
		this.writer = Objects.requireNonNull(DirectWriter.of(this.channel, this.context.handler()));
	}

	@AfterEach
	void close() throws IOException {
		this.peer.close();
		this.channel.close().syncUninterruptibly();
		this.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	@Test
	void streamSocketsOfEpollSuit() {
		assertThat(DirectWriter.of(this.channel, this.context.handler())).isNotNull();
		assertThat(suits(new EpollDomainSocketChannel())).isTrue();
		assertThat(suits(new EpollDatagramChannel())).isFalse();
		assertThat(suits(new NioSocketChannel())).isFalse();
		assertThat(DirectWriter.of(new EmbeddedChannel(), this.context.handler())).isNull();
	}

	@Test
	void bytesGoToTheSocketAtOnce() throws Exception {
		int taken = onLoop(() -> write(direct(100)));

		assertThat(taken).isEqualTo(100);
		assertThat(this.peer.getInputStream().readNBytes(100)).hasSize(100).containsOnly('x');
	}

	@Test
	void theIndexesOfTheBufferStay() throws Exception {
		String indexes = onLoop(() -> {
			ByteBuf bytes = direct(10).skipBytes(4);
			int taken = this.writer.write(bytes);
			String after = taken + " " + bytes.readerIndex() + " " + bytes.writerIndex();
			bytes.release();
			return after;
		});

		assertThat(indexes).isEqualTo("6 4 10");
		assertThat(this.peer.getInputStream().readNBytes(6)).hasSize(6);
	}

	@Test
	void whatTheSocketDoesNotTakeFollowsThroughTheChannel() throws Exception {
		int taken = onLoop(() -> {
			ByteBuf bytes = direct(LARGE);
			int first = this.writer.write(bytes);
			this.context.writeAndFlush(bytes.skipBytes(first), this.channel.voidPromise());
			return first;
		});

		assertThat(taken).isPositive().isLessThan(LARGE);
		assertThat(this.peer.getInputStream().readNBytes(LARGE)).hasSize(LARGE).containsOnly('x');
	}

	@Test
	void nothingPassesBytesThatWaitForAFlush() throws Exception {
		int taken = onLoop(() -> {
			this.context.write(Unpooled.copiedBuffer(new byte[] { '1' }), this.channel.voidPromise());
			int second = write(direct(1));
			this.context.flush();
			return second;
		});

		assertThat(taken).isZero();
		assertThat(this.peer.getInputStream().readNBytes(1)).containsExactly('1');
	}

	@Test
	void nothingPassesBytesThatTheSocketDoesNotTake() throws Exception {
		int taken = onLoop(() -> {
			this.context.writeAndFlush(direct(LARGE), this.channel.voidPromise());
			return write(direct(1));
		});

		assertThat(taken).isZero();
	}

	@Test
	void nothingPassesAHandler() throws Exception {
		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter());

		assertThat(onLoop(() -> write(direct(1)))).isZero();
	}

	@Test
	void aHandlerBehindTheWriterIsPassed() throws Exception {
		this.channel.pipeline().addLast(new ChannelOutboundHandlerAdapter());

		assertThat(onLoop(() -> write(direct(1)))).isOne();
	}

	@Test
	void buffersWithoutOneNativeAddressAreLeftToTheChannel() throws Exception {
		assertThat(onLoop(() -> write(Unpooled.copiedBuffer(new byte[10])))).isZero();
		assertThat(onLoop(() -> write(Unpooled.wrappedBuffer(direct(1), direct(1))))).isZero();
	}

	@Test
	void aClosedChannelTakesNothing() throws Exception {
		this.channel.close().syncUninterruptibly();

		assertThat(onLoop(() -> write(direct(1)))).isZero();
	}

	@Test
	void aChannelWhoseOutputIsShutDownTakesNothing() throws Exception {
		((EpollSocketChannel) this.channel).shutdownOutput().syncUninterruptibly();

		assertThat(onLoop(() -> write(direct(1)))).isZero();
	}

	@Test
	void aChannelThatWasWrittenToTakesNothingOnceItIsClosed() throws Exception {
		assertThat(onLoop(() -> write(direct(1)))).isOne();

		int taken = onLoop(() -> {
			this.channel.close();
			return write(direct(1));
		});

		assertThat(taken).isZero();
	}

	@Test
	void aSocketThatLingersTakesNothingOnceItsCloseHasBegun() throws Exception {
		this.channel.config().setOption(ChannelOption.SO_LINGER, 5);
		assertThat(onLoop(() -> write(direct(1)))).isOne();

		int taken = onLoop(() -> {
			this.channel.close();
			return write(direct(1));
		});

		assertThat(taken).isZero();
	}

	@Test
	void theChannelIsAskedAgainAfterTheHandlerHasWrittenToIt() throws Exception {
		assertThat(onLoop(() -> write(direct(1)))).isOne();

		int waiting = onLoop(() -> {
			this.writer.bytesWait();
			this.context.write(Unpooled.copiedBuffer(new byte[] { '1' }), this.channel.voidPromise());
			int passed = write(direct(1));
			this.context.flush();
			return passed;
		});

		assertThat(waiting).isZero();
		assertThat(onLoop(() -> write(direct(1)))).isOne();
		assertThat(this.peer.getInputStream().readNBytes(3)).containsExactly('x', '1', 'x');
	}

	@Test
	void aHandlerThatIsAddedLaterIsNotPassed() throws Exception {
		assertThat(onLoop(() -> write(direct(1)))).isOne();

		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter());

		assertThat(onLoop(() -> write(direct(1)))).isZero();
	}

	@Test
	void aFailureIsLeftToTheChannelWhichCloses() throws Exception {
		int taken = onLoop(() -> {
			// the descriptor fails as that of a reset peer does, on any kernel
			((io.netty.channel.unix.Socket) ((EpollSocketChannel) this.channel).fd()).shutdown(false, true);
			int direct = write(direct(10));
			this.context.writeAndFlush(direct(10), this.channel.voidPromise());
			return direct;
		});

		assertThat(taken).isZero();
		assertThat(this.channel.closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
	}

	private boolean suits(Channel unregistered) {
		unregistered.unsafe().closeForcibly();
		return DirectWriter.of(unregistered, this.context.handler()) != null;
	}

	private int write(ByteBuf bytes) {
		try {
			return this.writer.write(bytes);
		}
		finally {
			bytes.release();
		}
	}

	private <T> T onLoop(Callable<T> task) throws Exception {
		return this.channel.eventLoop().submit(task).get(30, TimeUnit.SECONDS);
	}

	private static ByteBuf direct(int size) {
		byte[] content = new byte[size];
		Arrays.fill(content, (byte) 'x');
		return Unpooled.directBuffer(size).writeBytes(content);
	}

}
