package io.iodine.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/** Tests of what a worker may say, as this process says it. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ControlServerTests {

	/** Together more than may wait for a worker. */
	private static final int ANSWERS = 200;

	private static final int ANSWER = 64 * 1024;

	private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	private final BlockingQueue<Path> controls = new LinkedBlockingQueue<>();

	private Master master;

	private SocketChannel worker;

	private Path control;

	@BeforeEach
	void start(@TempDir Path directory) throws Exception {
		ClusterSettings settings = settings(directory, Duration.ofMillis(200));
		this.master = Master.start(settings, JavaCommand.parse(List.of("Main")), (command, exited) -> {
			this.controls.add(Path.of(command.stream()
				.filter((word) -> word.contains("control="))
				.map((word) -> word.substring(word.indexOf('=') + 1))
				.findFirst()
				.orElseThrow()));
			return new ThisProcess(() -> this.events.add("killed"), exited);
		}, new Heard(this.events));
		this.worker = SocketChannel.open(StandardProtocolFamily.UNIX);
		this.control = this.controls.take();
		this.worker.connect(UnixDomainSocketAddress.of(this.control));
	}

	@AfterEach
	void stop() throws IOException {
		this.worker.close();
		this.master.stop(0);
		this.master.await();
		this.master.close();
	}

	@Test
	void aWorkerOfThisVersionJoins() throws Exception {
		send(FrameType.CONTROL, 0, 0, 0, Frame.VERSION);

		assertThat(this.events.take()).isEqualTo("joined 1");
	}

	@Test
	void aWorkerOfAnotherVersionIsKilledBeforeItIsUnderstoodWrongly() throws Exception {
		send(FrameType.CONTROL, 0, 0, 0, Frame.VERSION + 1);

		assertThat(this.events.take()).isEqualTo("killed");
	}

	@Test
	void aFrameThatNoWorkerMaySendEndsItsConnection() throws Exception {
		send(FrameType.CRASH);

		assertThat(this.worker.read(ByteBuffer.allocate(1))).isEqualTo(-1);
	}

	@Test
	void framesBehindOneThatCannotBeReadAreNotHeard() throws Exception {
		send(FrameType.CONTROL, 0, 0, 0, Frame.VERSION);
		assertThat(this.events.take()).isEqualTo("joined 1");

		send(FrameType.SOCKET, 'x');
		assertThat(this.worker.read(ByteBuffer.allocate(1))).isEqualTo(-1);

		assertThat(this.events.take()).isEqualTo("left 1");
	}

	@Test
	void aSecondControlChannelOfAWorkerIsRefused() throws Exception {
		send(FrameType.CONTROL, 0, 0, 0, Frame.VERSION);
		assertThat(this.events.take()).isEqualTo("joined 1");

		send(FrameType.CONTROL, 0, 0, 0, Frame.VERSION);

		assertThat(this.events.take()).isEqualTo("left 1");
	}

	@Test
	void aWorkerThatServesIsReadyOnce() throws Exception {
		send(FrameType.CONTROL, 0, 0, 0, Frame.VERSION);
		assertThat(this.events.take()).isEqualTo("joined 1");

		send(FrameType.READY);

		assertThat(this.events.take()).isEqualTo("ready 1");
	}

	@Test
	void anAnswerLargerThanMayWaitIsSentAsTheWorkerReads() throws Exception {
		send(FrameType.CONTROL, 0, 0, 0, Frame.VERSION);
		assertThat(this.events.take()).isEqualTo("joined 1");

		send(FrameType.RELAY, ANSWERS);

		ByteBuffer all = ByteBuffer.allocate(ANSWERS * (Frame.HEADER + ANSWER));
		while (all.hasRemaining()) {
			assertThat(this.worker.read(all)).isPositive();
		}
		assertThat(this.events).containsExactly("received 1");
	}

	@Test
	void aWorkerHearsAtOnceWhyThereIsNoSocket() throws Exception {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				WorkerProcess process = WorkerProcess.connect(
						new WorkerIdentity(1, 1, 1, ProcessHandle.current().pid(), this.control),
						MasterTests.settings(null), () -> this.events.add("stopped"))) {
			assertThatIOException().isThrownBy(() -> process.takeSocket(other.getLocalSocketAddress(), 1))
				.withMessageContaining("Address already in use");
		}
	}

	@Test
	void aControlSocketThatWasRemovedIsOpenedAgainForTheNextWorker() throws Exception {
		send(FrameType.CONTROL, 0, 0, 0, Frame.VERSION);
		send(FrameType.READY);
		assertThat(this.events.take()).isEqualTo("joined 1");
		assertThat(this.events.take()).isEqualTo("ready 1");
		Files.delete(this.control);
		Files.delete(this.control.getParent());

		this.master.restart();

		assertThat(this.controls.take()).isEqualTo(this.control);
		connectAgain();
	}

	@Test
	void aWorkerWhoseMasterClosesItsChannelLeavesTheControlSocket() throws Exception {
		send(FrameType.CONTROL, 0, 0, 0, Frame.VERSION);
		assertThat(this.events.take()).isEqualTo("joined 1");

		try (WorkerProcess second = WorkerProcess.connect(
				new WorkerIdentity(1, 1, 1, ProcessHandle.current().pid(), this.control), settings(this.control),
				() -> this.events.add("stopped"))) {
			assertThat(this.events.take()).isEqualTo("stopped");
			assertThat(second.identity().control()).as("for the other workers").exists();
		}
	}

	@Test
	void aWorkerThatCanNotConnectSaysWhere() {
		Path none = this.control.resolveSibling("none");

		assertThatIOException()
			.isThrownBy(() -> WorkerProcess.connect(new WorkerIdentity(1, 1, 1, 42, none), settings(none), () -> {
			}))
			.withMessageStartingWith("Worker 1 can't connect to its master, process 42, by " + none + ": ");
		assertThat(this.control).exists();
	}

	private void connectAgain() throws IOException {
		while (true) {
			try (SocketChannel next = SocketChannel.open(UnixDomainSocketAddress.of(this.control))) {
				assertThat(next.isConnected()).isTrue();
				return;
			}
			catch (SocketException ex) {
				assertThat(ex).as("until the event loop has bound it").hasMessageNotContaining("denied");
			}
		}
	}

	/** Another order or number of types needs another version. */
	@Test
	void theFramesOfThisVersionStayWhatTheyAre() {
		assertThat(Frame.VERSION).isEqualTo(1);
		assertThat(Arrays.toString(FrameType.values()))
			.isEqualTo("[CONTROL, SOCKET, SOCKET_REFUSED, READY, PING, PONG, "
					+ "STOP, REOPEN, RESTART, STATE, RELAY, CRASH]");
	}

	/** A worker whose master is gone ends its process after this time. */
	private static ClusterSettings settings(Path directory) {
		return settings(directory, Duration.ofMinutes(10));
	}

	private static ClusterSettings settings(Path directory, Duration stopTimeout) {
		return new ClusterSettings(1, directory, List.of(), Duration.ofMinutes(5), stopTimeout, Duration.ofMinutes(1),
				Duration.ZERO, 1 << 20, 1 << 10, 1, Duration.ZERO, 0);
	}

	private void send(FrameType type, int... body) throws IOException {
		ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER + body.length).putInt(1 + body.length);
		frame.put((byte) Arrays.asList(FrameType.values()).indexOf(type));
		for (int octet : body) {
			frame.put((byte) octet);
		}
		frame.flip();
		while (frame.hasRemaining()) {
			this.worker.write(frame);
		}
	}

	/**
	 * Hears who comes and goes.
	 *
	 * @param events takes it
	 */
	private record Heard(BlockingQueue<String> events) implements Relay {

		@Override
		public void joined(RelayPeer peer) {
			this.events.add("joined " + peer.number());
		}

		@Override
		public void ready(RelayPeer peer) {
			this.events.add("ready " + peer.number());
		}

		@Override
		public void received(RelayPeer peer, ByteBuf body) {
			this.events.add("received " + body.readableBytes());
			peer.answer(Stream.generate(() -> Unpooled.buffer(ANSWER).writeZero(ANSWER))
				.limit(body.readUnsignedByte())
				.map(ByteBuf.class::cast)
				.iterator());
		}

		@Override
		public void left(RelayPeer peer) {
			this.events.add("left " + peer.number());
		}

	}

}
