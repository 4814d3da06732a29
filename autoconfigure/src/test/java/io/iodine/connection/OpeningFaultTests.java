package io.iodine.connection;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.Framer;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.connection.Connections.Transfer;
import io.iodine.connection.limit.Permit;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Connections whose opening or closing fails at the last step. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
class OpeningFaultTests {

	private static final Events observed = new Events();

	private static final AtomicBoolean faulty = new AtomicBoolean();

	@AutoClose
	private static TestServer server;

	private final Recorder recorder = new Recorder();

	@BeforeAll
	static void start() {
		server = TestServer.start(List.of(Faulty.class), "iodine.connections.max=1",
				"logging.level.io.iodine.connection=off", "logging.level.io.netty=off", "logging.level.reactor=off");
	}

	@BeforeEach
	void healthy() {
		faulty.set(false);
	}

	@Test
	void aConnectionThatCanNotBeOpenedIsNeitherOpenedNorClosed() {
		String path = server.serve(this.recorder);
		faulty.set(true);
		for (int i = 0; i < 3; i++) {
			try (RawPeer peer = new RawPeer(server.port())) {
				peer.handshake(path).expect(101);
				assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(peer::frame)
					.withCauseInstanceOf(EOFException.class);
			}
			// the peer may see the end before the only permit is back
			Leftovers.assertNone(server.connections());
		}
		faulty.set(false);
		RawPeer.webSocket(server, path).close();

		assertThat(this.recorder.events.next()).isEqualTo("open");
		assertThat(this.recorder.events.next()).startsWith("close PEER");
		assertThat(observed.next()).isEqualTo("opened");
		assertThat(observed.next()).isEqualTo("closed");
	}

	@Test
	void aConnectionThatEndsBeforeItIsOpenedIsNeitherOpenedNorClosed() {
		EmbeddedChannel channel = new EmbeddedChannel();
		connect(channel, Runnable::run);
		channel.close();
		channel.runPendingTasks();

		assertThat(this.recorder.events.waiting()).isZero();
		assertThat(observed.waiting()).isZero();
	}

	@Test
	void aConnectionThatIsClosedBeforeItsFirstCallbackIsOpenedBeforeItIsClosed() {
		EmbeddedChannel channel = new EmbeddedChannel();
		Queue<Runnable> callbacks = new ArrayDeque<>();
		ConnectionChannelHandler last = connect(channel, callbacks::add);
		last.open();
		last.connection().forceClose();
		channel.runPendingTasks();
		while (!callbacks.isEmpty()) {
			callbacks.remove().run();
			channel.runPendingTasks();
		}

		assertThat(this.recorder.events.next()).isEqualTo("open");
		assertThat(this.recorder.events.next()).isEqualTo("close LOCAL 0");
		assertThat(observed.next()).isEqualTo("opened");
		assertThat(observed.next()).isEqualTo("closed");
		Leftovers.assertNone(server.connections());
	}

	@Test
	void aSocketThatCanNotBeClosedEndsItsConnectionAllTheSame() {
		EmbeddedChannel channel = new EmbeddedChannel() {

			@Override
			protected void doClose() throws Exception {
				super.doClose();
				throw new IOException("the socket can't be closed");
			}

		};
		ConnectionChannelHandler last = connect(channel, Runnable::run);
		last.open();
		channel.runPendingTasks();
		last.connection().forceClose();
		channel.runPendingTasks();

		assertThat(this.recorder.events.next()).isEqualTo("open");
		assertThat(this.recorder.events.next()).isEqualTo("close LOCAL 0");
		assertThat(channel.isActive()).isFalse();
		assertThat(observed.next()).isEqualTo("opened");
		assertThat(observed.next()).isEqualTo("closed");
		Leftovers.assertNone(server.connections());
	}

	/** Connects, on the only permit, on the thread of the test. */
	private ConnectionChannelHandler connect(Channel channel, Executor callbacks) {
		Permit permit = server.connections().limiter().acquire(null, null);
		assertThat(permit.rejection()).isEmpty();
		channel.closeFuture().addListener((closed) -> permit.release());
		Handshake handshake = new Handshake(Protocol.RAW, Optional.empty(), Optional.empty(), this.recorder, false,
				Overflow.CLOSE, CallbackScope.NONE, Optional.empty(),
				new PingSettings(Optional.of(Duration.ZERO), Optional.empty()), permit, Framer.raw(), Optional.empty(),
				false, Optional.of(callbacks));
		ConnectionChannelHandler last = server.connections().connect(channel, handshake, Transfer.BARE);
		channel.pipeline().addLast(last);
		return last;
	}

	@Configuration(proxyBeanMethods = false)
	static class Faulty {

		/**
		 * The name of the handler of a connection is taken, so that it can't be added.
		 */
		@Bean
		NettyServerCustomizer faultyPipelines() {
			return (http) -> http.doOnChannelInit((observer, channel, address) -> {
				if (faulty.get()) {
					channel.pipeline().addFirst("iodine.connection", new ChannelInboundHandlerAdapter());
				}
			});
		}

		@Bean
		ConnectionObserver recordingObserver() {
			return new ConnectionObserver() {

				@Override
				public void opened(Connection client) {
					observed.add("opened");
				}

				@Override
				public void closed(Connection client, CloseReason reason, Traffic traffic) {
					observed.add("closed");
				}

			};
		}

	}

}
