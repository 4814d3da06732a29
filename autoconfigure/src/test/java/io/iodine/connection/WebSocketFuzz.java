package io.iodine.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.connection.fanout.FanoutSource;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.connection.limit.Permit;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.PubSubLimits;
import io.iodine.pubsub.PubSubObserver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/** Frames, which mean the same whatever pieces they come in, and what the RFC says. */
public final class WebSocketFuzz {

	static final int MAX_MESSAGE = 300;

	private WebSocketFuzz() {
	}

	/**
	 * Reads frames in one piece and in many, and as another decoder does.
	 * @param data the length of pieces, and what a client sends
	 */
	public static void fuzzerTestOneInput(byte[] data) {
		if (data.length == 0) {
			return;
		}
		byte[] octets = Arrays.copyOfRange(data, 1, data.length);
		Conversation whole = Conversation.of(octets, octets.length);
		Conversation pieces = Conversation.of(octets, 1 + (data[0] & 0x1F));
		if (!pieces.equals(whole)) {
			throw new AssertionError("In pieces: " + pieces + ", but as a whole: " + whole);
		}
		List<String> expected = WebSocketModel.read(octets, MAX_MESSAGE);
		if (!whole.heard().equals(expected)) {
			throw new AssertionError("Heard " + whole.heard() + " instead of " + expected);
		}
	}

	/**
	 * What came of some frames.
	 *
	 * @param heard what the handler was told
	 * @param said what the client was sent
	 */
	private record Conversation(List<String> heard, String said) {

		static Conversation of(byte[] octets, int piece) {
			ConnectionSettings settings = new ConnectionSettings(MAX_MESSAGE, 64, 1 << 20, 64, 1 << 20, Overflow.CLOSE,
					64, 1 << 20, 64, Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(10), false,
					CompressionSettings.NONE, AdmissionLimits.NONE);
			Connections connections = new Connections(
					settings, Runnable::run, new ChannelPubSub(PubSubLimits.DEFAULTS, Runnable::run,
							(value) -> new byte[0], PubSubObserver.NONE),
					new NoFeed(), (value) -> new byte[0], new ConnectionObserver() {
					});
			List<String> heard = new ArrayList<>();
			EmbeddedChannel channel = new EmbeddedChannel();
			ConnectionChannelHandler channelHandler = connections.connect(channel,
					new Handshake(Protocol.WEBSOCKET, Optional.empty(), Optional.empty(), new Listener(heard), true,
							Overflow.DEFAULT, CallbackScope.NONE, Optional.empty(), PingSettings.DEFAULT,
							Permit.uncounted()),
					Connections.Transfer.BARE);
			channel.pipeline().addLast(channelHandler);
			channelHandler.open();
			for (int at = 0; at < octets.length && channel.isOpen(); at += piece) {
				channel.writeInbound(Unpooled.copiedBuffer(octets, at, Math.min(piece, octets.length - at)));
			}
			channel.runPendingTasks();
			StringBuilder said = new StringBuilder();
			for (ByteBuf next; (next = channel.readOutbound()) != null;) {
				said.append(HexFormat.of().formatHex(bytes(next)));
				next.release();
			}
			channel.finishAndReleaseAll();
			return new Conversation(List.copyOf(heard), said.toString());
		}

		private static byte[] bytes(ByteBuf buffer) {
			byte[] bytes = new byte[buffer.readableBytes()];
			buffer.readBytes(bytes);
			return bytes;
		}

	}

	/**
	 * Writes down what it hears.
	 *
	 * @param heard where to
	 */
	private record Listener(List<String> heard) implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			this.heard.add((message.isText() ? "text " : "binary ") + HexFormat.of().formatHex(message.asBytes()));
		}

		@Override
		public void onClose(Connection client) {
			client.closeReason()
				.filter((reason) -> reason.code() != 1006)
				.ifPresent((reason) -> this.heard.add("close " + reason.code()));
		}

	}

	/** Nobody publishes. */
	private static final class NoFeed implements FanoutSource {

		@Override
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
			throw new IllegalStateException("nobody subscribes");
		}

		@Override
		public void notifyEngines() {
			throw new IllegalStateException("nobody subscribes");
		}

	}

}
