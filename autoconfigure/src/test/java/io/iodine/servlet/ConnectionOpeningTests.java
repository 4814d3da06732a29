package io.iodine.servlet;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.iodine.Framer;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.connection.CallbackScope;
import io.iodine.connection.Connections;
import io.iodine.connection.Connections.Transfer;
import io.iodine.connection.Handshake;
import io.iodine.connection.PingSettings;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import io.iodine.connection.limit.Permit;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of openings that come to nothing: the permit comes back, the socket closes. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
class ConnectionOpeningTests {

	@AutoClose
	private static TestServer server;

	private final DefaultEventLoop loop = new DefaultEventLoop();

	private Connections connections;

	private final Recorder recorder = new Recorder();

	private final ContainerChannel channel = new ContainerChannel(new SilentPort(),
			InetSocketAddress.createUnresolved("client", 0), this.loop);

	@BeforeAll
	static void start() {
		server = TestServer.start("test.server=tomcat", "logging.level.io.netty=off");
	}

	@BeforeEach
	void prepare() {
		this.connections = server.connections();
	}

	@AfterEach
	void stop() {
		this.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void aSocketThatIsClosedBeforeItsConnectionOpensIsNeitherOpenedNorClosed() {
		this.channel.unsafe().closeForcibly();

		opening().open(this.channel, () -> {
		});

		await().until(() -> this.connections.limiter().inUse() == 0);
		assertThat(this.recorder.events.waiting()).isZero();
	}

	@Test
	void aConnectionWhoseFirstBytesCanNotBeReadIsClosed() {
		opening().open(this.channel, () -> {
			throw new OutOfMemoryError("no direct memory");
		});

		assertThat(this.recorder.events.next()).isEqualTo("open");
		assertThat(this.recorder.events.next()).startsWith("close");
		await().until(() -> this.connections.limiter().inUse() == 0);
	}

	@Test
	void aSocketThatComesAfterItsConnectionWasAbandonedIsClosed() {
		ConnectionOpening opening = opening();
		opening.abandon();
		assertThat(this.connections.limiter().inUse()).isZero();

		opening.open(this.channel, () -> {
		});

		await().until(() -> !this.channel.isOpen());
		assertThat(this.recorder.events.waiting()).isZero();
	}

	@Test
	void withoutAnEventLoopTheSocketIsClosed() throws Exception {
		this.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
		ConnectionOpening opening = opening();

		opening.open(this.channel, () -> {
		});

		assertThat(this.channel.isOpen()).isFalse();
		assertThat(opening.isAbandoned()).isTrue();
		assertThat(this.connections.limiter().inUse()).isZero();
	}

	/** An opening that holds a permit and was announced. */
	private ConnectionOpening opening() {
		Permit permit = this.connections.limiter().acquire(null, null);
		assertThat(permit.arm()).isTrue();
		assertThat(this.connections.arrive()).isTrue();
		Handshake handshake = new Handshake(Protocol.RAW, Optional.empty(), Optional.empty(), this.recorder, false,
				Overflow.CLOSE, CallbackScope.NONE, Optional.empty(),
				new PingSettings(Optional.of(Duration.ZERO), Optional.empty()), permit, Framer.raw(), Optional.empty(),
				false, Optional.of(Runnable::run));
		return new ConnectionOpening(this.connections, handshake, Transfer.BARE, this.loop);
	}

	/** A socket on which nothing happens. */
	private static final class SilentPort implements ContainerChannel.Port {

		@Override
		public int read(ByteBuf to) {
			return 0;
		}

		@Override
		public void awaitRead() {
			// never readable
		}

		@Override
		public boolean write(ByteBuf bytes) {
			return true;
		}

		@Override
		public boolean flush() {
			return true;
		}

		@Override
		public void shutDownOutput() {
			// nothing to shut down
		}

		@Override
		public void close() {
			// nothing to close
		}

	}

}
