package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;

import io.iodine.CloseReason;
import io.iodine.CloseReason.Cause;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.RecordedLog;
import io.iodine.connection.EmbeddedConnections.Client;
import io.iodine.connection.limit.AdmissionLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests for {@link SendQueue} over sockets that take everything or nothing. Its bounds
 * are 8 messages and 200,000 bytes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed close shows in what is asserted
class BlockedSocketTests {

	private static final int BURST = 64 * 1024;

	private final EmbeddedConnections connections = new EmbeddedConnections(
			EmbeddedConnections.settings(8, 200_000, AdmissionLimits.NONE));

	private final List<String> heard = new ArrayList<>();

	private final List<Client> clients = new ArrayList<>();

	private final Client client = open(Protocol.WEBSOCKET);

	@AfterEach
	void end() {
		this.clients.forEach(Client::end);
		for (Client each : this.clients) {
			assertThat(each.connection().sendQueue().pendingWrites().messages()).isZero();
			assertThat(each.connection().sendQueue().pendingWrites().bytes()).isZero();
			assertThat(each.connection().tasks().blockedBytes()).isZero();
		}
		assertThat(this.connections.allocated()).isZero();
	}

	@Test
	void whatOneTaskWritesGoesOutTogether() {
		int flushes = this.client.socket().flushes();

		write("1");
		write("2");
		write("3");
		boolean early = this.client.socket().flushes() > flushes;

		assertThat(sent()).isEqualTo("text 1, text 2, text 3");
		assertThat(early).isFalse();
		assertThat(this.client.socket().flushes()).isEqualTo(flushes + 1);
		assertThat(this.client.connection().pending()).isZero();
	}

	@Test
	void whatAReadCausesGoesOutAtItsEnd() {
		Client echo = open(Protocol.RAW, new Echo(), true);
		int flushes = echo.socket().flushes();

		echo.socket().pipeline().fireChannelRead(Unpooled.copiedBuffer("1", UTF_8));
		echo.socket().pipeline().fireChannelRead(Unpooled.copiedBuffer("2", UTF_8));
		echo.socket().runPendingTasks();
		int during = echo.socket().flushes() - flushes;
		echo.socket().pipeline().fireChannelReadComplete();

		assertThat(during).isZero();
		assertThat(echo.socket().flushes()).isEqualTo(flushes + 1);
		assertThat(echo.sent().toString(UTF_8)).isEqualTo("12");
	}

	@Test
	void aTaskThatWritesMuchIsFlushedBeforeItsEnd() {
		int flushes = this.client.socket().flushes();

		this.client.connection().write("x".repeat(BURST - 1));
		int below = this.client.socket().flushes() - flushes;
		write("y");

		assertThat(below).isZero();
		assertThat(this.client.socket().flushes()).isEqualTo(flushes + 1);
		assertThat(this.client.sent().readableBytes()).isEqualTo(BURST - 1 + 4 + 3);
	}

	@Test
	void aTaskThatWritesManyMessagesIsFlushedBeforeItsEnd() {
		int flushes = this.client.socket().flushes();

		List.of("1", "2", "3").forEach(this::write);
		int below = this.client.socket().flushes() - flushes;
		write("4");

		assertThat(below).isZero();
		assertThat(this.client.socket().flushes()).isEqualTo(flushes + 1);
		assertThat(sent()).isEqualTo("text 1, text 2, text 3, text 4");
	}

	@Test
	void whatTheSocketDoesNotTakeIsPendingUntilItDoes() {
		block();

		write("2");
		write("3");
		List<Integer> pending = List.of(this.client.connection().pending(), bytes());
		this.client.unblock();

		assertThat(pending).containsExactly(3, 3);
		assertThat(this.client.connection().pending()).isZero();
		assertThat(bytes()).isZero();
		assertThat(sent()).isEqualTo("text 1, text 2, text 3");
		assertThat(this.heard).containsExactly("drained");
	}

	@Test
	void theHandlerHearsThatAllWasTakenOnlyOnceAllWas() {
		block();
		write("2");
		this.client.socket().runPendingTasks();
		assertThat(this.heard).isEmpty();

		this.client.unblock();
		write("3");
		this.client.socket().runPendingTasks();

		assertThat(this.heard).containsExactly("drained", "drained");
	}

	@Test
	void aSocketThatBlocksAgainHoldsTheRest() {
		block();
		write("2");
		this.client.unblock();
		this.client.block();
		write("3");
		this.client.socket().runPendingTasks();
		write("4");

		assertThat(this.client.connection().pending()).isEqualTo(2);
		assertThat(sent()).isEqualTo("text 1, text 2");
		this.client.unblock();
		assertThat(sent()).isEqualTo("text 3, text 4");
	}

	@Test
	void bytesOfBlockedSocketsAreCountedTogether() {
		assertThat(this.client.connection().tasks().blockedBytes()).isZero();
		block();
		assertThat(this.client.connection().tasks().blockedBytes()).isEqualTo(1);
		write("23");
		this.client.socket().runPendingTasks();
		assertThat(this.client.connection().tasks().blockedBytes()).isEqualTo(3);

		this.client.unblock();

		assertThat(this.client.connection().tasks().blockedBytes()).isZero();
	}

	@Test
	void aBlockedSocketThatClosesLeavesNothing() {
		block();
		write("2");
		this.client.socket().runPendingTasks();

		this.client.socket().close().syncUninterruptibly();
		this.client.socket().runPendingTasks();

		assertThat(this.client.connection().tasks().blockedBytes()).isZero();
		assertThat(bytes()).isZero();
		assertThat(this.client.connection().pending()).isEqualTo(-1);
		assertThat(this.client.connection().write("late")).isFalse();
	}

	@Test
	void onlyTheNewestPongWaitsForABlockedSocketAndGoesFirst() {
		block();
		write("2");
		this.client.connection().sendQueue().pong(new byte[] { 'a' });
		this.client.connection().sendQueue().pong(new byte[] { 'b' });
		this.client.socket().runPendingTasks();

		this.client.unblock();
		write("3");

		assertThat(sent()).isEqualTo("text 1, pong b, text 2, text 3");
	}

	@Test
	void onePingWaitsForABlockedSocket() {
		block();
		this.client.connection().sendQueue().ping();
		this.client.connection().sendQueue().ping();
		this.client.socket().runPendingTasks();

		this.client.unblock();
		write("2");

		assertThat(sent()).isEqualTo("text 1, ping , text 2");
	}

	@Test
	void aPingGoesOutWithoutAMessage() {
		this.client.connection().sendQueue().ping();

		assertThat(sent()).isEqualTo("ping ");
	}

	@Test
	void theReconnectionTimeWaitsForABlockedSocketAndGoesOutOnce() {
		Client stream = open(Protocol.SSE);
		stream.connection().sendQueue().retry(7);
		String before = stream.sent().toString(UTF_8);
		stream.block();
		stream.connection().write("1");
		stream.socket().runPendingTasks();
		stream.connection().sendQueue().retry(8);
		stream.connection().write("2");

		stream.unblock();
		stream.connection().write("3");
		stream.socket().runPendingTasks();

		assertThat(before).isEqualTo("retry: 7\n\n");
		assertThat(stream.sent().toString(UTF_8)).isEqualTo("data: 1\n\nretry: 8\n\ndata: 2\n\ndata: 3\n\n");
	}

	@Test
	void nothingFollowsACloseFrame() {
		Client stream = open(Protocol.SSE);
		List.of(this.client, stream).forEach((each) -> {
			each.connection().write("last");
			each.connection().close();
			each.socket().runPendingTasks();
			each.connection().sendQueue().pong(new byte[] { 'a' });
			each.connection().sendQueue().retry(7);
			each.connection().sendQueue().ping();
		});

		assertThat(sent()).isEqualTo("text last, close 1000");
		assertThat(stream.sent().toString(UTF_8)).isEqualTo("data: last\n\n");
	}

	@Test
	void aCloseComesBehindWhatIsPending() {
		block();
		write("2");
		this.client.connection().close(4000, "why");
		boolean open = this.client.connection().isOpen();
		boolean written = this.client.connection().write("late");

		this.client.unblock();

		assertThat(open).isFalse();
		assertThat(written).isFalse();
		assertThat(sent()).isEqualTo("text 1, text 2, close 4000");
	}

	@Test
	void sharedFramesGoOutAsTheyAre() {
		ByteBuf frames = Unpooled.copiedBuffer(new byte[] { (byte) 0x81, 1, 'a', (byte) 0x81, 1, 'b' });

		deliver(frames, false, "a", "b");
		int flushes = this.client.socket().flushes();
		String sent = sent();
		deliver(frames, true, "a", "b");

		assertThat(sent).isEqualTo("text a, text b");
		assertThat(this.client.socket().flushes()).isEqualTo(flushes + 2);
		assertThat(sent()).isEqualTo("text a, text b");
		assertThat(frames.refCnt()).isOne();
		assertThat(this.client.connection().pending()).isZero();
		assertThat(this.heard).isEmpty();
		frames.release();
	}

	@Test
	void sharedFramesKeepTheirPlaceBehindWhatWasWrittenBefore() {
		ByteBuf frames = Unpooled.copiedBuffer(new byte[] { (byte) 0x81, 1, 'x' });

		write("1");
		deliver(frames, false, "2");

		assertThat(sent()).isEqualTo("text 1, text 2");
		frames.release();
	}

	@Test
	void sharedFramesThatABlockedSocketDoesNotTakeAreCountedAndComeOneByOneAfterwards() {
		ByteBuf frames = Unpooled.copiedBuffer(new byte[] { (byte) 0x81, 1, 'a', (byte) 0x81, 2, 'b', 'c' });
		this.client.block();

		deliver(frames, true, "a", "bc");
		List<Integer> pending = List.of(this.client.connection().pending(), bytes());
		deliver(frames, true, "a", "bc");
		List<Integer> more = List.of(this.client.connection().pending(), bytes());
		this.client.unblock();

		assertThat(pending).containsExactly(2, 3);
		assertThat(more).containsExactly(4, 6);
		assertThat(sent()).isEqualTo("text a, text bc, text a, text bc");
		assertThat(this.client.connection().pending()).isZero();
		assertThat(bytes()).isZero();
		assertThat(this.heard).containsExactly("drained");
		assertThat(this.client.connection().sendQueue().messagesOut()).isEqualTo(4);
		assertThat(frames.refCnt()).isOne();
		frames.release();
	}

	@Test
	void sharedFramesThatASocketTakesAtTheSecondAttemptAreCountedOnce() {
		ByteBuf frames = Unpooled.copiedBuffer(new byte[] { (byte) 0x81, 1, 'a', (byte) 0x81, 2, 'b', 'c' });
		SendQueue sendQueue = this.client.connection().sendQueue();
		sendQueue.readStarts();
		this.client.blockOnce(sendQueue::ping);

		deliver(frames, true, "a", "bc");

		assertThat(sent()).isEqualTo("text a, text bc, ping ");
		assertThat(this.client.connection().pending()).isZero();
		assertThat(bytes()).isZero();
		assertThat(sendQueue.messagesOut()).isEqualTo(2);
		frames.release();
	}

	@Test
	void nothingIsDeliveredToAConnectionThatCloses() {
		block();
		this.client.connection().close();

		this.client.connection().sendQueue().deliver(List.of("x"), List.of(Message.text("late")));
		this.client.unblock();

		assertThat(sent()).isEqualTo("text 1, close 1000");
	}

	@Test
	void whatIsSentIsCounted() {
		write("1");
		write("23");
		sent();
		ByteBuf frames = Unpooled.copiedBuffer(new byte[] { (byte) 0x81, 1, 'a' });
		deliver(frames, true, "a");
		frames.release();

		assertThat(this.client.connection().sendQueue().messagesOut()).isEqualTo(3);
		assertThat(this.client.connection().sendQueue().bytesOut()).isEqualTo(10);
		assertThat(this.client.connection().tasks().traffic(Protocol.WEBSOCKET).totals())
			.isEqualTo(new TrafficTotals(0, 0, 3, 10));
	}

	@Test
	void whatWaitsIsSentInBursts() {
		block();
		for (int i = 0; i < 4; i++) {
			write("x".repeat(BURST / 2));
		}

		this.client.unblock();

		assertThat(this.client.sentSizes()).containsExactly(3, 2 * (BURST / 2 + 4), 2 * (BURST / 2 + 4));
	}

	@Test
	void anotherFramerFramesWhatFollows() {
		Client raw = open(Protocol.RAW);
		raw.block();
		raw.connection().write("1");
		raw.socket().runPendingTasks();
		raw.connection().write("2");
		raw.connection().sendQueue().framer(Framer.line());
		raw.connection().write("3");

		raw.unblock();
		raw.connection().write("4");

		assertThat(raw.sent().toString(UTF_8)).isEqualTo("123\n4\n");
	}

	@Test
	void aMessageThatCantBeWrittenEndsItsConnection() {
		try (RecordedLog log = new RecordedLog(SendQueue.class)) {
			Client mute = open(Protocol.WEBSOCKET);
			mute.connection().write("half");

			mute.connection().sendQueue().failed(new IllegalStateException("expected by this test"));
			mute.socket().runPendingTasks();

			assertThat(mute.socket().isOpen()).isFalse();
			assertThat(mute.sent().isReadable()).isFalse();
			assertThat(mute.connection().closeReason()).hasValueSatisfying((reason) -> {
				assertThat(reason.cause()).isEqualTo(Cause.LOCAL);
				assertThat(reason.code()).isEqualTo(1011);
			});
			assertThat(log.lines()).hasSize(1).first().asString().contains("could not be written");
		}
	}

	@Test
	void aMessageForWhichThereIsNoMemoryEndsItsConnection() {
		try (RecordedLog log = new RecordedLog(SendQueue.class)) {
			refuseMemory();

			boolean written = this.client.connection().write("1");
			this.client.socket().runPendingTasks();

			assertThat(written).isFalse();
			assertThat(this.client.socket().isOpen()).isFalse();
			assertThat(this.client.connection().closeReason().orElseThrow().code()).isEqualTo(1011);
			assertThat(log.lines()).hasSize(1);
		}
	}

	@Test
	void aPendingMessageForWhichThereIsNoMemoryEndsItsConnection() {
		try (RecordedLog log = new RecordedLog(SendQueue.class)) {
			block();
			write("2");
			refuseMemory();

			this.client.unblock();

			assertThat(this.client.socket().isOpen()).isFalse();
			assertThat(this.client.connection().closeReason().orElseThrow().code()).isEqualTo(1011);
			assertThat(log.lines()).hasSize(1);
		}
	}

	@Test
	void aPongGoesOutWithoutAMessage() {
		this.client.connection().sendQueue().pong(new byte[] { 'a' });

		assertThat(sent()).isEqualTo("pong a");
	}

	@Test
	void aWriteThatComesAfterTheCloseMarkerIsWithdrawn() {
		SendQueue queue = this.client.connection().sendQueue();
		block();
		this.client.connection().close();

		boolean behind = queue.offer(Message.text("late"), null);
		int pending = this.client.connection().pending();
		this.client.unblock();

		assertThat(behind).isFalse();
		assertThat(pending).isOne();
		assertThat(queue.offer(Message.text("later"), null)).isFalse();
		assertThat(sent()).isEqualTo("text 1, close 1000");
	}

	@Test
	void aWriteThatComesBetweenTheCloseAndItsMarkerArrives() {
		SendQueue queue = this.client.connection().sendQueue();
		block();
		this.client.connection().life().begin(new CloseReason(Cause.LOCAL, 1000, ""));

		boolean written = queue.offer(Message.text("2"), null);
		queue.close(1000, "");
		this.client.unblock();

		assertThat(written).isTrue();
		assertThat(sent()).isEqualTo("text 1, text 2, close 1000");
	}

	@Test
	void chunksOfAStreamEndWithTheLastOne() {
		Client stream = this.connections.openStream(new ConnectionHandler() {
		});
		this.clients.add(stream);

		stream.connection().write("1");
		stream.socket().runPendingTasks();
		stream.connection().write("2");
		stream.connection().close();

		assertThat(stream.sent().toString(UTF_8)).isEqualTo("9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n");
	}

	@Test
	void whileASocketTakesEverythingMoreMayWaitForItsEventLoop() {
		Client raw = open(Protocol.RAW);
		raw.block();
		raw.connection().write("x");
		raw.socket().runPendingTasks();
		raw.unblock();
		raw.connection().sendQueue().framer(Framer.line());

		for (int i = 0; i < 20; i++) {
			assertThat(raw.connection().write("x")).isTrue();
		}

		assertThat(raw.sent().toString(UTF_8)).isEqualTo("x" + "x\n".repeat(20));
	}

	@Test
	void aDialedConnectionHoldsNoMoreThanABlockedSocket() {
		Client dialed = this.connections.dial(Protocol.RAW, new ConnectionHandler() {
		});
		this.clients.add(dialed);
		for (int i = 0; i < 8; i++) {
			assertThat(dialed.connection().write("x")).isTrue();
		}

		assertThat(dialed.connection().write("x")).isFalse();

		assertThat(dialed.connection().closeReason().orElseThrow().cause()).isEqualTo(Cause.OVERFLOW);
	}

	@Test
	void aDialedConnectionThatIsEstablishedHoldsAsMuchAsOthers() {
		Client dialed = this.connections.dial(Protocol.RAW, new ConnectionHandler() {
		});
		this.clients.add(dialed);
		dialed.open();
		dialed.connection().sendQueue().framer(Framer.line());

		for (int i = 0; i < 20; i++) {
			assertThat(dialed.connection().write("x")).isTrue();
		}

		assertThat(dialed.sent().toString(UTF_8)).isEqualTo("x\n".repeat(20));
	}

	@Test
	void aDialedConnectionThatFailsLeavesNothing() {
		Client dialed = this.connections.dial(Protocol.RAW, new ConnectionHandler() {
		});
		this.clients.add(dialed);
		dialed.connection().write("1");
		dialed.connection().sendQueue().ping();
		dialed.socket().runPendingTasks();
		assertThat(dialed.connection().tasks().blockedBytes()).isOne();

		dialed.socket().close().syncUninterruptibly();
		dialed.socket().runPendingTasks();

		assertThat(dialed.connection().tasks().blockedBytes()).isZero();
	}

	@Test
	void aWriteDuringTheEndOfADialedConnectionLeavesNothing() {
		Client dialed = this.connections.dial(Protocol.RAW, new ConnectionHandler() {
		});
		this.clients.add(dialed);
		dialed.socket().close().syncUninterruptibly();
		dialed.socket().runPendingTasks();
		PendingWrites late = dialed.connection().sendQueue().pendingWrites();
		late.admit(Message.text("1"), null);

		dialed.connection().sendQueue().flush();

		assertThat(dialed.connection().tasks().blockedBytes()).isZero();
		late.clear();
	}

	@Test
	@SuppressWarnings("NullAway") // an application that is not checked by it
	void aTimeToCloseAtIsRequired() {
		Connection unchecked = this.client.connection();

		assertThatNullPointerException().isThrownBy(() -> unchecked.closeAt(null, 1000, ""))
			.withMessageContaining("time");
	}

	@Test
	void theLargestOfTooManyBlockedBytesIsClosed() {
		EmbeddedConnections few = new EmbeddedConnections(
				EmbeddedConnections.settings(8, 200_000, new AdmissionLimits(0, 0, 0, 0, 0, 0, 100, Long.MAX_VALUE)));
		Client small = few.open(Protocol.WEBSOCKET, new Echo(), true, Overflow.CLOSE);
		Client large = few.open(Protocol.WEBSOCKET, new Echo(), true, Overflow.CLOSE);
		this.clients.addAll(List.of(small, large));
		small.block();
		small.connection().write("x".repeat(40));
		small.socket().runPendingTasks();
		large.block();
		large.connection().write("x".repeat(60));
		large.socket().runPendingTasks();
		assertThat(large.connection().isOpen()).isTrue();

		small.connection().write("x");
		small.socket().runPendingTasks();

		assertThat(large.connection().closeReason().orElseThrow().cause()).isEqualTo(Cause.OVERFLOW);
		assertThat(small.connection().isOpen()).isTrue();
	}

	@Test
	void aDialedConnectionHoldsWhatIsWrittenBeforeItIsEstablished() {
		Client dialed = this.connections.dial(Protocol.RAW, new ConnectionHandler() {
		});
		this.clients.add(dialed);

		dialed.connection().write("1");
		dialed.connection().write("2");
		dialed.socket().runPendingTasks();
		boolean early = dialed.sent().isReadable();
		int pending = dialed.connection().pending();
		long blocked = dialed.connection().tasks().blockedBytes();
		dialed.open();

		assertThat(early).isFalse();
		assertThat(pending).isEqualTo(2);
		assertThat(blocked).isEqualTo(2);
		assertThat(dialed.sent().toString(UTF_8)).isEqualTo("12");
		assertThat(dialed.connection().pending()).isZero();
		assertThat(dialed.connection().tasks().blockedBytes()).isZero();
	}

	@Test
	void theBoundOfABlockedSocketIsThatOfTheSettings() {
		Client dropping = open(Protocol.WEBSOCKET, new ConnectionHandler() {
		}, Overflow.DROP_NEWEST);
		dropping.block();
		for (int i = 0; i < 4; i++) {
			dropping.connection().write("x".repeat(50_000));
			dropping.socket().runPendingTasks();
		}

		boolean beyondBytes = dropping.connection().write("y");
		dropping.unblock();

		assertThat(beyondBytes).isFalse();
		assertThat(this.connections.observed()).containsExactly("dropped 1");
		assertThat(dropping.connection().write("z")).isTrue();
	}

	private Client open(Protocol protocol) {
		return open(protocol, new ConnectionHandler() {

			@Override
			public void onDrained(Connection connection) {
				BlockedSocketTests.this.heard.add("drained");
			}

		}, Overflow.CLOSE);
	}

	private Client open(Protocol protocol, ConnectionHandler handler, Overflow overflow) {
		Client opened = this.connections.open(protocol, handler, true, overflow);
		this.clients.add(opened);
		return opened;
	}

	private Client open(Protocol protocol, ConnectionHandler handler, boolean nonBlocking) {
		Client opened = this.connections.open(protocol, handler, nonBlocking, Overflow.CLOSE);
		this.clients.add(opened);
		return opened;
	}

	/** Has the socket not take the message "1". */
	private void block() {
		this.client.block();
		write("1");
		this.client.socket().runPendingTasks();
	}

	private void refuseMemory() {
		ByteBufAllocator none = Mockito.mock(ByteBufAllocator.class, (call) -> {
			throw new OutOfMemoryError("expected by this test");
		});
		this.client.socket().config().setAllocator(none);
	}

	private void write(String text) {
		assertThat(this.client.connection().write(text)).isTrue();
	}

	private void deliver(ByteBuf frames, boolean flush, String... texts) {
		List<Message> messages = List.of(texts).stream().map(Message::text).toList();
		List<String> channels = messages.stream().map((message) -> "channel").toList();
		int bytes = messages.stream().mapToInt(Message::size).sum();
		this.client.connection().sendQueue().write(frames, channels, messages, bytes, flush);
	}

	private int bytes() {
		return (int) this.client.connection().sendQueue().pendingWrites().bytes();
	}

	/** The frames that were sent. */
	private String sent() {
		List<String> frames = new ArrayList<>();
		for (ByteBuf bytes = this.client.sent(); bytes.isReadable();) {
			int opcode = bytes.readByte() & 0x0F;
			ByteBuf payload = bytes.readSlice(bytes.readByte());
			frames.add(switch (opcode) {
				case 1 -> "text " + payload.toString(UTF_8);
				case 8 -> "close " + payload.readUnsignedShort();
				case 9 -> "ping " + payload.toString(UTF_8);
				default -> "pong " + payload.toString(UTF_8);
			});
		}
		return String.join(", ", frames);
	}

	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

}
