package io.iodine.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.RecordedLog;
import io.iodine.connection.fanout.FanoutSource;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.connection.limit.Permit;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the lines that many connections together may cause. */
class PeerWarningsTests {

	private static final int CONNECTIONS = 200;

	/** Room for a machine on which the connections take more than one period. */
	private static final int PERIODS = 3;

	private final Connections connections = connections();

	@Test
	void connectionsClosedAtABoundOfTheirQueue() {
		List<String> lines = log(ConnectionLife.class, (connection) -> connection.life().overflowed());

		assertThat(lines).filteredOn((line) -> line.contains("is closed: reads too slowly")).hasSizeBetween(1, PERIODS);
	}

	@Test
	void connectionsThatReadTooSlowly() {
		List<String> lines = log(ConnectionLife.class, (connection) -> connection.life().dropped(true));

		assertThat(lines).filteredOn((line) -> line.contains("messages to it are dropped")).hasSizeBetween(1, PERIODS);
	}

	@Test
	void connectionsThatSendTooMuch() {
		List<String> lines = log(ReceiveQueue.class, (connection) -> {
			for (int i = 0; i < 3; i++) {
				connection.receiveQueue().isTooFast();
			}
		});

		assertThat(lines).filteredOn((line) -> line.contains("iodine.rate.messages-per-second"))
			.hasSizeBetween(1, PERIODS);
	}

	@Test
	void handlersThatFailOnWhatPeersSend() {
		List<String> lines;
		try (RecordedLog log = new RecordedLog("io.iodine.handler")) {
			connect((connection) -> connection.receiveQueue().received(Message.text("no JSON")));
			lines = log.lines();
		}

		assertThat(lines).filteredOn((line) -> line.startsWith("ERROR onMessage of ")).hasSizeBetween(20, PERIODS * 20);
	}

	private List<String> log(Class<?> type, Consumer<NettyConnection> action) {
		try (RecordedLog log = new RecordedLog(type)) {
			connect(action);
			return log.lines();
		}
	}

	private void connect(Consumer<NettyConnection> action) {
		List<EmbeddedChannel> channels = new ArrayList<>();
		for (int i = 0; i < CONNECTIONS; i++) {
			EmbeddedChannel channel = new EmbeddedChannel();
			channels.add(channel);
			ConnectionChannelHandler last = this.connections.connect(channel,
					new Handshake(Protocol.WEBSOCKET, Optional.empty(), Optional.empty(), new Failing(), true,
							Overflow.CLOSE, CallbackScope.NONE, Optional.empty(), PingSettings.DEFAULT,
							Permit.uncounted()),
					Connections.Transfer.BARE);
			channel.pipeline().addLast(last);
			last.open();
			action.accept((NettyConnection) Objects.requireNonNull(last.connection()));
			channel.runPendingTasks();
		}
		channels.forEach(EmbeddedChannel::finishAndReleaseAll);
	}

	private static Connections connections() {
		AdmissionLimits limits = new AdmissionLimits(0, 0, 0, 0, 1, 1, Long.MAX_VALUE, Long.MAX_VALUE);
		ConnectionSettings settings = new ConnectionSettings(1024, 64, 1024, 4, 100, Overflow.CLOSE, 64, 1024, 64,
				Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), false, CompressionSettings.NONE, limits);
		return new Connections(settings, Runnable::run, Mockito.mock(PubSub.class), Mockito.mock(FanoutSource.class),
				(value) -> new byte[0], new ConnectionObserver() {
				});
	}

	/** Can't read what it gets. */
	private static final class Failing implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			throw new IllegalArgumentException(message.asText());
		}

	}

}
