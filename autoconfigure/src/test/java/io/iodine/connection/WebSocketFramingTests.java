package io.iodine.connection;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.iodine.Connection;
import io.iodine.Message;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the frames of RFC 6455, with a peer that can say anything.
 */
@OnEachWebServer
class WebSocketFramingTests {

	@AutoClose
	private static TestServer server;

	private final Recorder recorder = new Recorder() {

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			super.onMessage(client, message);
			client.write(message);
		}

	};

	@AutoClose
	private RawPeer peer;

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.max-message-size=64KB");
	}

	@BeforeEach
	void connect() {
		this.peer = RawPeer.webSocket(server, server.serve(this.recorder));
	}

	@Test
	void textAndBinaryKeepTheirKind() {
		this.peer.text("grüße").send(RawPeer.frame(0x82, (byte) 'b'));

		assertThat(this.peer.frame()).hasToString("text grüße");
		assertThat(this.peer.frame()).hasToString("binary b");
	}

	@Test
	void anEmptyMessageIsAMessage() {
		this.peer.text("");

		assertThat(this.peer.frame()).hasToString("text ");
	}

	@ParameterizedTest
	@ValueSource(ints = { 125, 126, 127, 65_535, 65_536 })
	void messagesOfEachLengthFormTravelBothWays(int length) {
		this.peer.text("x".repeat(length));

		assertThat(this.peer.frame().payload()).hasSize(length).containsOnly('x');
	}

	@Test
	void framesMayComeByteByByte() {
		byte[] frames = concat(RawPeer.frame(0x01, bytes("a")), RawPeer.frame(0x89, bytes("p")),
				RawPeer.frame(0x80, bytes("b")), RawPeer.frame(0x82, new byte[200]));

		for (byte one : frames) {
			this.peer.send(new byte[] { one });
		}

		assertThat(this.peer.frame()).hasToString("pong p");
		assertThat(this.peer.frame()).hasToString("text ab");
		assertThat(this.peer.frame().payload()).hasSize(200);
	}

	@Test
	void framesMayBeSplitAnywhere() {
		byte[] frames = concat(RawPeer.frame(0x01, bytes("grü")), RawPeer.frame(0x80, bytes("ße")),
				RawPeer.frame(0x81, bytes("x".repeat(126))));

		for (int at = 1; at < frames.length; at++) {
			this.peer.send(Arrays.copyOf(frames, at)).send(Arrays.copyOfRange(frames, at, frames.length));

			assertThat(this.peer.frame()).as("split at %d", at).hasToString("text grüße");
			assertThat(this.peer.frame().payload()).as("split at %d", at).hasSize(126);
		}
	}

	@Test
	void manyFramesMayComeInOnePiece() {
		this.peer.send(concat(RawPeer.frame(0x81, bytes("1")), RawPeer.frame(0x81, bytes("2")),
				RawPeer.frame(0x01, bytes("3")), RawPeer.frame(0x00, bytes("4")), RawPeer.frame(0x80, bytes("5"))));

		assertThat(this.peer.frame()).hasToString("text 1");
		assertThat(this.peer.frame()).hasToString("text 2");
		assertThat(this.peer.frame()).hasToString("text 345");
	}

	@Test
	void controlFramesMayComeBetweenFragments() {
		this.peer.send(RawPeer.frame(0x01, bytes("a")))
			.send(RawPeer.frame(0x89, bytes("now")))
			.send(RawPeer.frame(0x8A))
			.send(RawPeer.frame(0x80, bytes("b")));

		assertThat(this.peer.frame()).hasToString("pong now");
		assertThat(this.peer.frame()).hasToString("text ab");
	}

	@Test
	void pingsAreAnsweredWithTheirPayload() {
		this.peer.send(RawPeer.frame(0x89)).send(RawPeer.frame(0x89, new byte[125]));

		assertThat(this.peer.frame()).hasToString("pong ");
		assertThat(this.peer.frame().payload()).hasSize(125);
	}

	@Test
	void aCharacterMayBeSplitAcrossFragments() {
		byte[] euro = bytes("€");

		this.peer.send(RawPeer.frame(0x01, euro[0]))
			.send(RawPeer.frame(0x00, euro[1]))
			.send(RawPeer.frame(0x80, euro[2]));

		assertThat(this.peer.frame()).hasToString("text €");
	}

	@Test
	void invalidUtf8ClosesAtOnceWith1007() {
		this.peer.send(RawPeer.frame(0x01, (byte) 0xC0));

		assertThat(this.peer.frame()).asString().startsWith("close 1007");
		assertThat(closed()).startsWith("close PROTOCOL_ERROR 1007");
	}

	@Test
	void aTextThatEndsWithinACharacterClosesWith1007() {
		byte[] euro = bytes("€");

		this.peer.send(RawPeer.frame(0x01, euro[0])).send(RawPeer.frame(0x80, euro[1]));

		assertThat(this.peer.frame()).asString().startsWith("close 1007");
	}

	@Test
	void binaryNeedsNotBeUtf8() {
		this.peer.send(RawPeer.frame(0x82, (byte) 0xC0));

		assertThat(this.peer.frame().payload()).containsExactly(0xC0);
	}

	@Test
	void aMessageAtTheLimitPasses() {
		this.peer.send(RawPeer.frame(0x82, new byte[64 * 1024]));

		assertThat(this.peer.frame().payload()).hasSize(64 * 1024);
	}

	@Test
	void aMessageOverTheLimitClosesWith1009BeforeItsContentHasCome() {
		byte[] frame = RawPeer.frame(0x82, new byte[64 * 1024 + 1]);

		this.peer.send(Arrays.copyOf(frame, 14));

		assertThat(this.peer.frame()).asString().startsWith("close 1009");
		assertThat(closed()).startsWith("close PROTOCOL_ERROR 1009");
	}

	@Test
	void fragmentsThatAreTooBigTogetherCloseWith1009() {
		this.peer.send(RawPeer.frame(0x02, new byte[40 * 1024])).send(RawPeer.frame(0x80, new byte[40 * 1024]));

		assertThat(this.peer.frame()).asString().startsWith("close 1009");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0xC1, 0xA1, 0x91, 0x83, 0x87, 0x8B, 0x8F, 0x80, 0x00, 0x09, 0x08 })
	void forbiddenFlagsAndOpcodesCloseWith1002(int first) {
		this.peer.send(RawPeer.frame(first, bytes("x")));

		assertThat(this.peer.frame()).asString().startsWith("close 1002");
		assertThat(closed()).startsWith("close PROTOCOL_ERROR 1002");
	}

	@Test
	void aMessageWithinAMessageClosesWith1002() {
		this.peer.send(RawPeer.frame(0x01, bytes("a"))).send(RawPeer.frame(0x81, bytes("b")));

		assertThat(this.peer.frame()).asString().startsWith("close 1002");
	}

	@Test
	void anUnmaskedFrameClosesWith1002() {
		this.peer.send(new byte[] { (byte) 0x81, 1, 'x' });

		assertThat(this.peer.frame()).asString().startsWith("close 1002");
	}

	@Test
	void aLongControlFrameClosesWith1002() {
		this.peer.send(RawPeer.frame(0x89, new byte[126]));

		assertThat(this.peer.frame()).asString().startsWith("close 1002");
	}

	@Test
	void aLengthOf16BitsThatFitsIn7ClosesWith1002() {
		this.peer.send(new byte[] { (byte) 0x81, (byte) 0xFE, 0, 125, 0, 0, 0, 0 });

		assertThat(this.peer.frame()).asString().startsWith("close 1002");
	}

	@Test
	void aLengthOf64BitsThatFitsIn16ClosesWith1002() {
		this.peer.send(new byte[] { (byte) 0x81, (byte) 0xFF, 0, 0, 0, 0, 0, 0, (byte) 0xFF, (byte) 0xFF, 0, 0, 0, 0 });

		assertThat(this.peer.frame()).asString().startsWith("close 1002");
	}

	@Test
	void aNegativeLengthClosesWith1002() {
		this.peer.send(new byte[] { (byte) 0x81, (byte) 0xFF, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0 });

		assertThat(this.peer.frame()).asString().startsWith("close 1002");
	}

	@Test
	void messagesBeforeAViolationAreAnswered() {
		this.peer.send(concat(RawPeer.frame(0x81, bytes("good")), RawPeer.frame(0x83, bytes("bad"))));

		assertThat(this.peer.frame()).hasToString("text good");
		assertThat(this.peer.frame()).asString().startsWith("close 1002");
	}

	@Test
	void thePeersCloseIsEchoedAndTheSocketClosed() {
		this.peer.send(RawPeer.closeFrame(4000, "bye"));

		assertThat(this.peer.frame()).hasToString("close 4000 bye");
		assertThat(this.peer.rest()).isEmpty();
		assertThat(closed()).isEqualTo("close PEER 4000 bye");
	}

	@Test
	void aCloseWithoutACodeIsEchoedWithoutOne() {
		this.peer.send(RawPeer.frame(0x88));

		assertThat(this.peer.frame()).hasToString("close");
		assertThat(closed()).isEqualTo("close PEER 1005");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535 })
	void aCloseCodeThatMustNotBeSentClosesWith1002(int code) {
		this.peer.send(RawPeer.closeFrame(code, ""));

		assertThat(this.peer.frame()).asString().startsWith("close 1002");
	}

	@Test
	void halfACloseCodeClosesWith1002() {
		this.peer.send(RawPeer.frame(0x88, (byte) 3));

		assertThat(this.peer.frame()).asString().startsWith("close 1002");
	}

	@Test
	void aCloseReasonThatIsNotUtf8ClosesWith1007() {
		this.peer.send(RawPeer.frame(0x88, (byte) 3, (byte) 0xE8, (byte) 0xFF));

		assertThat(this.peer.frame()).asString().startsWith("close 1007");
	}

	@Test
	void whatFollowsACloseFrameIsIgnored() {
		this.peer.send(concat(RawPeer.closeFrame(1000, ""), RawPeer.frame(0x81, bytes("late"))));

		assertThat(this.peer.frame()).hasToString("close 1000");
		assertThat(this.recorder.events.next()).isEqualTo("open");
		assertThat(this.recorder.events.next()).isEqualTo("close PEER 1000");
	}

	@Test
	void theServersCloseWaitsForThePeersAnswer() {
		this.recorder.client().close(4001, "enough");

		assertThat(this.peer.frame()).hasToString("close 4001 enough");
		assertThat(this.recorder.events.next()).isEqualTo("open");
		assertThat(this.recorder.events.waiting()).isZero();

		this.peer.send(RawPeer.closeFrame(4001, ""));

		assertThat(this.peer.rest()).isEmpty();
		assertThat(closed()).isEqualTo("close LOCAL 4001 enough");
	}

	@Test
	void aPeerThatVanishesClosesWith1006() {
		this.recorder.client();
		this.peer.close();

		assertThat(closed()).isEqualTo("close PEER 1006");
	}

	/** The last callback; the peer lets go first. */
	private String closed() {
		this.peer.close();
		return this.recorder.events.nextOf("close");
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] concat(byte[]... parts) {
		int length = Arrays.stream(parts).mapToInt((part) -> part.length).sum();
		byte[] all = new byte[length];
		int at = 0;
		for (byte[] part : parts) {
			System.arraycopy(part, 0, all, at, part.length);
			at += part.length;
		}
		return all;
	}

}
