package io.iodine.process;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tests of both ends of a control channel whose peer reads slowly, or nothing. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ControlChannelTests {

	private static final int BACKLOG = 4 << 20;

	private static final int ANSWER = 64 * 1024;

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
		SendBuffer buffer = new SendBuffer(this.channel, 8, 100);

		assertThat(buffer.offer(FrameType.RELAY, 9, (frame) -> frame.writeZero(9))).isFalse();
		assertThat(buffer.offerControl(Frame.of(FrameType.PONG))).isTrue();
		assertThat(buffer.offerControl(Frame.of(FrameType.PONG))).isTrue();

		read(2 * Frame.HEADER);
	}

	@Test
	void framesOfManyThreadsArriveWholeAndEachThreadsInOrder() throws Exception {
		int threads = 4;
		int frames = 2_000;
		SendBuffer buffer = new SendBuffer(this.channel, 64 << 20, 1_000);
		this.channel.pipeline().addLast(new Writability(buffer));
		List<Thread> senders = IntStream.range(0, threads).mapToObj((sender) -> new Thread(() -> {
			for (int i = 0; i < frames; i++) {
				int number = i;
				buffer.offer(FrameType.RELAY, 8, (frame) -> frame.writeInt(sender).writeInt(number).writeZero(200));
			}
		})).toList();

		senders.forEach(Thread::start);
		int[] next = new int[threads];
		ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER + 208);
		for (int i = 0; i < threads * frames; i++) {
			frame.clear();
			while (frame.hasRemaining()) {
				assertThat(this.peer.read(frame)).isPositive();
			}
			int sender = frame.getInt(Frame.HEADER);
			assertThat(frame.getInt(Frame.HEADER + 4)).isEqualTo(next[sender]++);
		}

		assertThat(next).containsOnly(frames);
		for (Thread sender : senders) {
			sender.join();
		}
	}

	@Test
	void aFrameThatIsLargerThanItSaysIsRefusedAndLeavesNothing() throws Exception {
		SendBuffer buffer = new SendBuffer(this.channel, 1_000, 10);

		assertThat(buffer.offer(FrameType.RELAY, 1, (frame) -> frame.writeZero(11))).isFalse();
		assertThatThrownBy(() -> buffer.offer(FrameType.RELAY, 1, (frame) -> {
			throw new IllegalStateException("can't be written");
		})).hasMessage("can't be written");
		assertThat(buffer.offer(FrameType.RELAY, 1, (frame) -> frame.writeByte(7))).isTrue();

		ByteBuffer only = ByteBuffer.allocate(Frame.HEADER + 1);
		while (only.hasRemaining()) {
			assertThat(this.peer.read(only)).isPositive();
		}
		assertThat(only.get(Frame.HEADER)).isEqualTo((byte) 7);
	}

	@Test
	void whatIsSentAfterABacklogWasReadIsNotRefused() throws Exception {
		SendBuffer buffer = new SendBuffer(this.channel, BACKLOG, 1_024);
		this.channel.pipeline().addLast(new Writability(buffer));
		int sent = 0;
		while (buffer.offer(FrameType.RELAY, 1_024, (frame) -> frame.writeZero(1_024))) {
			sent++;
		}
		assertThat(sent).isGreaterThanOrEqualTo(BACKLOG / (1_024 + Frame.HEADER) - 1);

		read(sent * (1_024 + Frame.HEADER));

		while (!buffer.offer(FrameType.RELAY, 1_024, (frame) -> frame.writeZero(1_024))) {
			Thread.onSpinWait();
		}
		read(1_024 + Frame.HEADER);
	}

	@Test
	void anAnswerLargerThanMayWaitIsMadeAsItsReaderReads() throws Exception {
		WorkerLink link = new WorkerLink(this.channel, BACKLOG);
		this.channel.pipeline().addLast(new AnswersWhenWritable(link));
		AtomicInteger made = new AtomicInteger();
		int frames = 4 * BACKLOG / ANSWER;

		onLoop(() -> {
			link.answer(List.of(Unpooled.EMPTY_BUFFER).iterator());
			link.answer(answer(frames, made));
			return true;
		});

		assertThat(onLoop(link::pending)).isLessThan(BACKLOG / 2);
		assertThat(made).hasValueLessThan(frames / 4);
		assertThat(onLoop(() -> link.send(Frame.of(FrameType.PING)))).as("what is relayed besides").isTrue();
		read((frames + 2) * Frame.HEADER + frames * ANSWER);
		assertThat(made).hasValue(frames);
		assertThat(onLoop(link::pending)).isZero();
	}

	@Test
	void anAnswerThatCannotBeMadeKeepsNoOtherWaiting() throws Exception {
		WorkerLink link = new WorkerLink(this.channel, BACKLOG);

		onLoop(() -> {
			link.answer(Stream.generate(ControlChannelTests::noMemory).iterator());
			link.answer(answer(1, new AtomicInteger()));
			return true;
		});

		read(Frame.HEADER + ANSWER);
	}

	private static ByteBuf noMemory() {
		throw new OutOfMemoryError("no room for an answer");
	}

	private static Iterator<ByteBuf> answer(int frames, AtomicInteger made) {
		return IntStream.range(0, frames).mapToObj((frame) -> {
			made.incrementAndGet();
			return Unpooled.buffer(ANSWER).writeZero(ANSWER);
		}).iterator();
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

	/** Goes on with answers when the channel can be written to, as the master does. */
	private static final class AnswersWhenWritable extends ChannelInboundHandlerAdapter {

		private final WorkerLink link;

		AnswersWhenWritable(WorkerLink link) {
			this.link = link;
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			this.link.sendAnswers();
		}

	}

	/**
	 * Sends what waits when the channel can be written to, as a worker does.
	 */
	private static final class Writability extends ChannelInboundHandlerAdapter {

		private final SendBuffer buffer;

		Writability(SendBuffer buffer) {
			this.buffer = buffer;
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			this.buffer.drain();
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.buffer.drain();
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			assertThat(cause).isInstanceOf(IOException.class);
		}

	}

	/** Ignores the failures of what waited when its test closed the channel. */
	private static final class FailedWrites extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			assertThat(cause).isInstanceOf(IOException.class);
		}

	}

}
