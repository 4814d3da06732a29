package io.iodine.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of both ends of a control channel whose peer reads slowly, or nothing. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ControlChannelTests {

	private static final int BACKLOG = 4 << 20;

	private final IoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

	private SocketChannel peer;

	private Channel channel;

	@BeforeEach
	void connect(@TempDir Path directory) throws Exception {
		Path socket = directory.resolve("control");
		BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
		new ServerBootstrap().group(this.group)
			.channel(EpollServerDomainSocketChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel child) {
					child.pipeline().addLast(new FailedWrites());
					accepted.add(child);
				}

			})
			.bind(new DomainSocketAddress(socket.toString()))
			.sync();
		this.peer = SocketChannel.open(StandardProtocolFamily.UNIX);
		this.peer.connect(UnixDomainSocketAddress.of(socket));
		this.channel = accepted.take();
	}

	@AfterEach
	void close() throws Exception {
		// releases what still waits, which the peer did not read
		this.channel.close().sync();
		this.peer.close();
		this.group.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
	}

	@Test
	void aWorkerThatReadsItsBacklogLivesAlthoughItHasNotAnswered() throws Exception {
		WorkerLink link = new WorkerLink(this.channel, BACKLOG);
		onLoop(() -> fill(link));
		onLoop(link::isBacklogRead);

		assertThat(onLoop(link::isBacklogRead)).as("while it reads nothing").isFalse();
		read(BACKLOG / 2);

		assertThat(onLoop(link::isBacklogRead)).as("after it has read a half").isTrue();
		assertThat(onLoop(link::isBacklogRead)).as("while it reads no more").isFalse();
	}

	@Test
	void whatTheOperatingSystemTakesIsNoSignOfLife() throws Exception {
		WorkerLink link = new WorkerLink(this.channel, BACKLOG);

		onLoop(() -> link.send(Frame.of(FrameType.PING)));

		assertThat(onLoop(link::isBacklogRead)).isFalse();
	}

	@Test
	void anAnswerToAHeartbeatIsSentHoweverMuchWaits() throws Exception {
		SendBuffer buffer = new SendBuffer(this.channel, 8);

		assertThat(buffer.offer(Unpooled.buffer().writeZero(9))).isFalse();
		assertThat(buffer.offerControl(Frame.of(FrameType.PONG))).isTrue();
		assertThat(buffer.offerControl(Frame.of(FrameType.PONG))).isTrue();

		read(2 * Frame.HEADER);
	}

	private static boolean fill(WorkerLink link) {
		for (int i = 0; i < BACKLOG / 1024; i++) {
			ByteBuf frame = Unpooled.wrappedBuffer(new byte[1024]);
			link.send(frame);
		}
		return true;
	}

	private void read(int bytes) throws Exception {
		ByteBuffer content = ByteBuffer.allocate(bytes);
		while (content.hasRemaining()) {
			assertThat(this.peer.read(content)).isPositive();
		}
	}

	private <T> T onLoop(java.util.concurrent.Callable<T> task) throws Exception {
		return this.channel.eventLoop().submit(task).get();
	}

	/** Ignores the failures of what waited when its test closed the channel. */
	private static final class FailedWrites extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			assertThat(cause).isInstanceOf(IOException.class);
		}

	}

}
