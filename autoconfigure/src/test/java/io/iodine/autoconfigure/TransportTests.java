package io.iodine.autoconfigure;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.iodine.autoconfigure.IodineProperties.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests of {@code iodine.transport}. */
@ExtendWith(OutputCaptureExtension.class)
class TransportTests {

	private static final String REPORT = "logging.level.io.iodine=info";

	@Test
	void theTransportOfJavaServes(CapturedOutput output) throws IOException {
		try (FileServer server = FileServer.start("iodine.transport=nio", REPORT)) {
			assertThat(server.get("/").body()).isEqualTo(FileServer.APPLICATION);
		}

		assertThat(output).containsPattern("iodine.*: nio, \\d+ workers");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void aNativeTransportServes(CapturedOutput output) throws IOException {
		try (FileServer server = FileServer.start("iodine.transport=epoll", REPORT)) {
			assertThat(server.get("/").body()).isEqualTo(FileServer.APPLICATION);
		}

		assertThat(output).containsPattern("iodine.*: epoll, \\d+ workers");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void aTransportThatIsNotThereFailsTheStart(CapturedOutput output) {
		assertThatException().isThrownBy(() -> FileServer.start("iodine.transport=kqueue").close());

		assertThat(output).contains("The property 'iodine.transport' has the value 'kqueue', which it can't have.",
				"Set 'iodine.transport' to auto or nio, or run on macOS with io.netty:netty-transport-native-kqueue");
	}

	@Test
	void aMissingLibraryOfIoUringFailsTheStart(CapturedOutput output) {
		assertThatException().isThrownBy(() -> FileServer.start("iodine.transport=io_uring").close());

		assertThat(output).contains("The property 'iodine.transport' has the value 'io-uring', which it can't have.",
				"Set 'iodine.transport' to auto or nio, or run on Linux with io.netty:netty-transport-native-io_uring"
						+ " and its native library on the class path, and a kernel that lets the process use io_uring"
						+ " (sysctl kernel.io_uring_disabled)");
	}

	/** As when the kernel refuses io_uring: Reactor Netty takes the next transport. */
	@ParameterizedTest
	@CsvSource({ "EPOLL, NIO, linux", "IO_URING, EPOLL, linux", "IO_URING, NIO, linux", "KQUEUE, NIO, macos" })
	void aLibraryThatCantBeUsedFailsTheStart(Transport configured, Transport found, String system) {
		RecordedLoops loops = new RecordedLoops(found);

		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> TransportLoops.choose(configured, loops))
			.satisfies((failure) -> {
				assertThat(failure.name()).isEqualTo("iodine.transport");
				assertThat(failure.value()).isEqualTo(configured.name().toLowerCase(Locale.ROOT).replace('_', '-'));
				assertThat(failure.expected()).startsWith("auto or nio, or run on ")
					.containsIgnoringCase("on " + system)
					.contains("io.netty:netty-transport-native-" + configured.name().toLowerCase(Locale.ROOT));
			});
		assertThat(loops.isDisposed()).isTrue();
	}

	@Test
	void ioUringInsteadOfEpollNamesTheLibraryToTakeOff() {
		RecordedLoops loops = new RecordedLoops(Transport.IO_URING);

		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> TransportLoops.choose(Transport.EPOLL, loops))
			.satisfies((failure) -> assertThat(failure.expected())
				.contains("take io.netty:netty-transport-native-io_uring off the class path"));
		assertThat(loops.isDisposed()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, UnsatisfiedLinkError.class })
	void aTransportWithoutAnEventLoopFailsTheStart(Class<? extends Throwable> kind) throws Exception {
		Throwable refused = kind.getConstructor(String.class).newInstance("failed to create a child event loop");
		RecordedLoops loops = new RecordedLoops(Transport.IO_URING);
		loops.refused = refused;

		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> TransportLoops.choose(Transport.IO_URING, loops))
			.withCause(refused)
			.satisfies((failure) -> {
				assertThat(failure.name()).isEqualTo("iodine.transport");
				assertThat(failure.value()).isEqualTo("io-uring");
				assertThat(failure.expected()).contains("auto or nio", "sysctl kernel.io_uring_disabled");
			});
		assertThat(loops.isDisposed()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "AUTO, NIO", "AUTO, IO_URING", "EPOLL, EPOLL", "KQUEUE, KQUEUE", "IO_URING, IO_URING" })
	void aTransportThatIsThereIsTaken(Transport configured, Transport found) {
		RecordedLoops loops = new RecordedLoops(found);

		assertThat(TransportLoops.choose(configured, loops)).isSameAs(loops);
		assertThat(loops.isDisposed()).isFalse();
	}

	@Test
	void theTransportOfJavaNeedsNoOther() {
		RecordedLoops loops = new RecordedLoops(Transport.IO_URING);
		loops.refused = new IllegalStateException("expected by this test");

		TransportLoops.choose(Transport.NIO, loops).dispose();

		assertThat(loops.isDisposed()).isTrue();
	}

	/** Event loops of a transport that this machine need not have. */
	private static final class RecordedLoops implements LoopResources {

		private final Transport transport;

		private @Nullable Throwable refused;

		private boolean disposed;

		RecordedLoops(Transport transport) {
			this.transport = transport;
		}

		@Override
		public EventLoopGroup onServer(boolean useNative) {
			if (this.refused instanceof RuntimeException failure) {
				throw failure;
			}
			if (this.refused instanceof Error failure) {
				throw failure;
			}
			return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		}

		@Override
		@SuppressWarnings("unchecked") // its name is all that is asked for
		public <C extends Channel> Class<? extends C> onChannelClass(Class<C> channelType, EventLoopGroup group) {
			Future<?> unused = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
			return (Class<? extends C>) switch (this.transport) {
				case EPOLL -> EpollServerSocketChannel.class;
				case KQUEUE -> KQueueServerSocketChannel.class;
				case IO_URING -> IoUringServerSocketChannel.class;
				default -> NioServerSocketChannel.class;
			};
		}

		@Override
		public boolean daemon() {
			return true;
		}

		@Override
		public void dispose() {
			this.disposed = true;
		}

		@Override
		public boolean isDisposed() {
			return this.disposed;
		}

	}

	/** Stands for Netty's class of this name, which is not on the class path. */
	private interface IoUringServerSocketChannel extends ServerSocketChannel {

	}

	/** Stands for Netty's class of this name, which may not be on the class path. */
	private interface KQueueServerSocketChannel extends ServerSocketChannel {

	}

	/** Stands for Netty's class of this name, which may not be on the class path. */
	private interface EpollServerSocketChannel extends ServerSocketChannel {

	}

}
