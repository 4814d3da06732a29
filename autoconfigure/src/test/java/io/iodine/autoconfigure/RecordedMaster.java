package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.iodine.process.WorkerIdentity;
import io.iodine.process.WorkerProcess;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/** The master's end of the control socket of a worker that is this process. */
final class RecordedMaster implements AutoCloseable {

	private static final int RESTART = 8;

	private final ServerSocketChannel server;

	private final WorkerProcess worker;

	private final SocketChannel control;

	private RecordedMaster(Path socket) throws IOException {
		this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		this.server.bind(UnixDomainSocketAddress.of(socket));
		this.worker = WorkerProcess.connect(new WorkerIdentity(2, 3, 4, ProcessHandle.current().pid(), socket),
				new ClusterProperties(4, null, List.of(), Duration.ofMinutes(1), Duration.ofHours(10),
						Duration.ofSeconds(2), Duration.ZERO, DataSize.ofMegabytes(1), DataSize.ofMegabytes(1), 1,
						Duration.ZERO, DataSize.ofBytes(0), Duration.ZERO, Duration.ZERO, 0)
					.settings(),
				() -> {
				});
		this.control = this.server.accept();
	}

	/** Connects worker 2 of 4, of the third generation. */
	static RecordedMaster ofWorkerTwo(Path directory) throws IOException {
		return new RecordedMaster(directory.resolve("control"));
	}

	WorkerProcess worker() {
		return this.worker;
	}

	/** The number in the next frame that asks for a restart. */
	int nextRestart() throws IOException {
		ByteBuffer frame = nextFrame();
		while (frame.get() != RESTART) {
			frame = nextFrame();
		}
		return frame.getInt();
	}

	private ByteBuffer nextFrame() throws IOException {
		return read(read(4).getInt());
	}

	private ByteBuffer read(int count) throws IOException {
		ByteBuffer content = ByteBuffer.allocate(count);
		while (content.hasRemaining()) {
			assertThat(this.control.read(content)).isPositive();
		}
		return content.flip();
	}

	void send(int type, String body) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		try {
			this.control.write(
					ByteBuffer.allocate(5 + bytes.length).putInt(1 + bytes.length).put((byte) type).put(bytes).flip());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		this.worker.close();
		this.control.close();
	}

}
