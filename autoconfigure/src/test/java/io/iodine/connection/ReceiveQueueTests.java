package io.iodine.connection;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.connection.EmbeddedConnections.Client;
import io.iodine.connection.limit.AdmissionLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReceiveQueue}, whose bounds are 4 messages and 100 bytes of one
 * connection, and 200 bytes of all.
 */
class ReceiveQueueTests {

	private static final AdmissionLimits LIMITS = new AdmissionLimits(0, 0, 0, 0, 1, 6, Long.MAX_VALUE, 200);

	private final EmbeddedConnections connections = new EmbeddedConnections(
			EmbeddedConnections.settings(4, 100, LIMITS));

	private final List<String> heard = new ArrayList<>();

	private final List<Client> clients = new ArrayList<>();

	@AfterEach
	void end() {
		this.clients.forEach(Client::end);
		this.connections.runCallbacks();
	}

	@Test
	void readingPausesAtTheBoundOfMessages() {
		Client client = open();

		for (int i = 0; i < 3; i++) {
			client.receive(text("x"));
			assertThat(client.isReading()).isTrue();
		}
		client.receive(text("x"));

		assertThat(client.isReading()).isFalse();
		assertThat(client.connection().receiveQueue().isPaused()).isTrue();
		assertThat(this.connections.observed()).containsExactly("paused");
	}

	@Test
	void readingPausesAtTheBoundOfBytes() {
		Client client = open();

		client.receive(text("x".repeat(99)));
		boolean below = client.isReading();
		client.receive(text("x"));

		assertThat(below).isTrue();
		assertThat(client.isReading()).isFalse();
	}

	@Test
	void readingResumesWhenHalfOfTheMessagesAreHandled() {
		List<Boolean> paused = new ArrayList<>();
		Client client = open((connection, message) -> paused.add(connection.receiveQueue().isPaused()));
		for (int i = 0; i < 4; i++) {
			client.receive(text("x"));
		}

		this.connections.runCallbacks();
		boolean before = client.isReading();
		client.socket().runPendingTasks();

		assertThat(paused).containsExactly(true, true, false, false);
		assertThat(before).isFalse();
		assertThat(client.isReading()).isTrue();
	}

	@Test
	void readingResumesWhenHalfOfTheBytesAreHandled() {
		List<Boolean> paused = new ArrayList<>();
		Client client = open((connection, message) -> paused.add(connection.receiveQueue().isPaused()));
		client.receive(text("x".repeat(49)));
		client.receive(text("x"));
		client.receive(text("x".repeat(50)));

		this.connections.runCallbacks();
		client.socket().runPendingTasks();

		assertThat(paused).containsExactly(true, true, false);
		assertThat(client.isReading()).isTrue();
	}

	@Test
	void whatWasReadBeyondTheBoundWaitsAndKeepsItsOrder() {
		Client client = open((connection, message) -> this.heard.add(message.asText()), Protocol.WEBSOCKET);
		client.receive(Unpooled.wrappedBuffer(frame("1"), frame("2"), frame("3"), frame("4"), frame("5")));
		client.receive(frame("6"));
		long received = client.connection().receiveQueue().messages();

		this.connections.runCallbacks();
		List<String> first = List.copyOf(this.heard);
		client.socket().runPendingTasks();
		this.connections.runCallbacks();

		assertThat(received).isEqualTo(4);
		assertThat(first).containsExactly("1", "2", "3", "4");
		assertThat(this.heard).containsExactly("1", "2", "3", "4", "5", "6");
	}

	/** As when a TLS handler decrypts many small records of one read. */
	@Test
	void howeverManyPiecesAreReadBeyondTheBoundTheyAreHandled() {
		int pieces = 10_000;
		Client client = open((connection, message) -> this.heard.add(message.asText()));
		client.connection().framer(Framer.line());
		client.socket().runPendingTasks();
		for (int i = 0; i < pieces; i++) {
			client.socket().pipeline().fireChannelRead(text(i + "\n" + i + "\n"));
		}
		client.socket().pipeline().fireChannelReadComplete();

		do {
			this.connections.runCallbacks();
			client.socket().runPendingTasks();
		}
		while (this.connections.submitted() > 0);

		assertThat(this.heard).hasSize(2 * pieces).endsWith(Integer.toString(pieces - 1));
		assertThat(client.isReading()).isTrue();
	}

	@Test
	void readingPausesWhileMessagesOfOthersFillTheMemoryOfAll() {
		Client first = open();
		Client second = open();
		Client third = open();
		first.receive(text("x".repeat(99)));
		second.receive(text("x".repeat(99)));

		third.receive(text("x".repeat(2)));

		assertThat(List.of(first.isReading(), second.isReading(), third.isReading())).containsExactly(true, true,
				false);
		this.connections.runCallbacks();
		third.socket().runPendingTasks();
		assertThat(third.isReading()).isTrue();
		third.receive(text("x"));
		assertThat(third.isReading()).isTrue();
	}

	@Test
	void readingThatWaitsForMemoryResumesWhenOthersMakeRoom() {
		Client first = open();
		Client second = open();
		Client third = open();
		first.receive(text("x".repeat(99)));
		second.receive(text("x".repeat(99)));
		third.receive(text("x".repeat(2)));

		this.connections.runCallbacks(2);
		third.socket().runPendingTasks();

		assertThat(third.isReading()).isTrue();
		assertThat(this.connections.submitted()).isOne();
	}

	@Test
	void aPauseThatComesAfterAllWasHandledEndsAtOnce() {
		Client client = open();

		client.connection().receiveQueue().pause();

		assertThat(client.connection().receiveQueue().isPaused()).isFalse();
		assertThat(this.connections.observed()).containsExactly("paused");
	}

	@Test
	void readingThatWaitedForMemoryPausesAgain() {
		Client first = open();
		Client second = open();
		for (int round = 0; round < 3; round++) {
			first.receive(text("x".repeat(99)));
			first.receive(text("x".repeat(99)));
			second.receive(text("xx"));
			assertThat(second.isReading()).isFalse();

			this.connections.runCallbacks();
			first.socket().runPendingTasks();
			second.socket().runPendingTasks();

			assertThat(second.isReading()).isTrue();
		}
	}

	@Test
	void messagesAndBytesAreCounted() {
		Client client = open();

		client.receive(text("12"));
		client.receive(text("345"));

		assertThat(client.connection().receiveQueue().messages()).isEqualTo(2);
		assertThat(client.connection().receiveQueue().bytes()).isEqualTo(5);
		assertThat(client.connection().tasks().traffic(Protocol.RAW).totals()).isEqualTo(new TrafficTotals(2, 5, 0, 0));
	}

	@Test
	void aWebSocketThatSendsTooFastIsClosedAndARawSocketIsNot() {
		Client webSocket = open((connection, message) -> this.heard.add(message.asText()), Protocol.WEBSOCKET);
		Client raw = open();

		for (int i = 0; i < 6; i++) {
			webSocket.receive(frame("x"));
			this.connections.runCallbacks();
		}
		boolean within = webSocket.connection().isOpen();
		for (int i = 0; i < 40; i++) {
			webSocket.receive(frame("x"));
			raw.receive(text("x"));
			this.connections.runCallbacks();
		}

		assertThat(within).isTrue();
		assertThat(this.heard).hasSizeBetween(6, 40);
		assertThat(webSocket.connection().closeReason().orElseThrow().code()).isEqualTo(1008);
		assertThat(raw.connection().isOpen()).isTrue();
	}

	@Test
	void aPingIsAnswered() {
		Client client = open((connection, message) -> {
		}, Protocol.WEBSOCKET);

		client.receive(masked(0x89, "hi"));

		assertThat(ByteBufUtil.hexDump(client.sent())).isEqualTo("8a026869");
	}

	@Test
	void aCloseFrameEndsTheConnectionAfterTheMessagesBeforeIt() {
		Client client = open((connection, message) -> this.heard.add(message.asText()), Protocol.WEBSOCKET);

		client.receive(Unpooled.wrappedBuffer(frame("1"), masked(0x88, "")));
		this.connections.runCallbacks();

		assertThat(this.heard).containsExactly("1");
		assertThat(client.connection().closeReason().orElseThrow().cause()).isEqualTo(CloseReason.Cause.PEER);
		assertThat(ByteBufUtil.hexDump(client.sent())).isEqualTo("8800");
		assertThat(client.socket().isOpen()).isFalse();
	}

	@Test
	void nothingIsHandledAfterAClose() {
		Client client = open((connection, message) -> this.heard.add(message.asText()));

		client.connection().close(1000, "");
		client.receive(text("late"));
		this.connections.runCallbacks();

		assertThat(this.heard).isEmpty();
		assertThat(client.connection().receiveQueue().messages()).isEqualTo(1);
	}

	@Test
	void whatFollowsAChangeOfTheFramerBelongsToTheNextOne() {
		Client client = open((connection, message) -> this.heard.add(message.asText()));
		client.connection().framer(Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN), Message.text("ready"));

		client.socket().pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[] { 1, 'a', 2, 'b' }));
		assertThat(client.isReading()).isFalse();
		client.receive(text("c"));
		this.connections.runCallbacks();

		assertThat(this.heard).containsExactly("a", "bc");
		assertThat(client.sent().toString(UTF_8)).isEqualTo("ready");
		assertThat(client.isReading()).isTrue();
	}

	@Test
	void ofSeveralChangesOfTheFramerTheLastReadsAPartialMessage() {
		Client client = withPartialLine();
		client.socket().runPendingTasks();

		client.receive(text("b"));
		this.connections.runCallbacks();

		assertThat(this.heard).containsExactly("ab");
	}

	@Test
	void ofSeveralChangesOfTheFramerTheLastReadsWhatComesMeanwhile() {
		Client client = withPartialLine();

		client.receive(text("b\n"));
		this.connections.runCallbacks();

		assertThat(this.heard).containsExactly("ab");
	}

	@Test
	void whatComesWithTheCloseOfTheSocketBelongsToTheNextFramerToo() {
		Client client = open((connection, message) -> this.heard.add(message.asText()));
		client.connection().framer(Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN));

		client.socket().pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[] { 1, 'a', 1, 'b' }));
		client.socket().pipeline().fireChannelInactive();
		client.socket().runPendingTasks();
		this.connections.runCallbacks();

		assertThat(this.heard).containsExactly("a", "b");
	}

	@Test
	void whatComesWithTheCloseOfTheSocketCompletesAPartialMessage() {
		Client client = withPartialLine();

		client.socket().pipeline().fireChannelRead(text("b"));
		client.socket().pipeline().fireChannelInactive();
		client.socket().runPendingTasks();
		this.connections.runCallbacks();

		assertThat(this.heard).containsExactly("ab");
		assertThat(client.connection().closeReason().orElseThrow().cause()).isEqualTo(CloseReason.Cause.PEER);
	}

	@Test
	void aFramerThatIsSetWhileTheRestIsReadReadsWhatFollows() {
		Client client = this.connections.open(Protocol.RAW, (Handler) (connection, message) -> {
			this.heard.add(message.asText());
			connection.framer(Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN));
		}, true, Overflow.CLOSE);
		this.clients.add(client);
		client.connection().framer(Framer.line());

		client.socket().pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[] { 'a', '\n', 1, 'b', 1, 'c' }));
		client.socket().pipeline().fireChannelInactive();
		client.socket().runPendingTasks();

		assertThat(this.heard).containsExactly("a", "b", "c");
	}

	@Test
	void aRestThatCannotBeReadEndsItsConnection() {
		Client client = open();
		client.connection().framer(Framer.line());

		client.socket().pipeline().fireChannelRead(new UnreadableBuffer());
		client.socket().runPendingTasks();
		this.connections.runCallbacks();

		assertThat(client.socket().isOpen()).isFalse();
		assertThat(client.connection().closeReason()).isPresent();
	}

	@Test
	void thePeerEndsItsOutputBehindWhatTheNextFramerReads() {
		Client client = open((connection, message) -> this.heard.add(message.asText()));
		client.connection().framer(Framer.line());
		client.socket().runPendingTasks();
		client.receive(Unpooled.wrappedBuffer(new byte[] { 1, 'a' }));
		client.connection().framer(Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN));

		client.socket().pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
		client.socket().runPendingTasks();
		this.connections.runCallbacks();

		assertThat(this.heard).containsExactly("a");
		assertThat(client.connection().closeReason().orElseThrow().cause()).isEqualTo(CloseReason.Cause.PEER);
	}

	/**
	 * A line has begun that is a message of two bytes to the last of the next framers.
	 */
	private Client withPartialLine() {
		Client client = open((connection, message) -> this.heard.add(message.asText()));
		client.connection().framer(Framer.line());
		client.socket().runPendingTasks();
		client.receive(Unpooled.wrappedBuffer(new byte[] { 2, 'a' }));
		client.connection().framer(Framer.raw());
		client.connection().framer(Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN));
		return client;
	}

	private Client open() {
		return open((connection, message) -> {
		});
	}

	private Client open(Handler handler) {
		return open(handler, Protocol.RAW);
	}

	private Client open(Handler handler, Protocol protocol) {
		Client client = this.connections.open(protocol, handler);
		this.clients.add(client);
		return client;
	}

	private static ByteBuf text(String text) {
		return Unpooled.copiedBuffer(text, UTF_8);
	}

	private static ByteBuf frame(String text) {
		return masked(0x81, text);
	}

	private static ByteBuf masked(int first, String text) {
		return Unpooled.buffer()
			.writeByte(first)
			.writeByte(0x80 | text.length())
			.writeInt(0)
			.writeBytes(text.getBytes(UTF_8));
	}

	/** Hears messages of a connection of these tests. */
	@FunctionalInterface
	private interface Handler extends ConnectionHandler {

		void heard(NettyConnection connection, Message message);

		@Override
		default void onMessage(Connection client, Message message) {
			heard((NettyConnection) client, message);
		}

	}

	/** A byte for which there is no memory when it is read. */
	private static final class UnreadableBuffer extends UnpooledHeapByteBuf {

		UnreadableBuffer() {
			super(UnpooledByteBufAllocator.DEFAULT, 1, 1);
			writeByte('a');
		}

		@Override
		public ByteBuf getBytes(int index, byte[] destination, int from, int length) {
			throw new OutOfMemoryError("thrown by a test");
		}

	}

}
