package io.iodine.connection;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import io.iodine.Connection;
import io.iodine.Message;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of permessage-deflate (RFC 7692), with a peer that can say anything.
 */
@OnEachWebServer
class DeflateParametersTests {

	private static final int MAX = 64 * 1024;

	@AutoClose
	private static TestServer shared;

	@AutoClose
	private static TestServer dedicated;

	private final Recorder echo = new Recorder() {

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			super.onMessage(client, message);
			client.write(message);
		}

	};

	@BeforeAll
	static void start() {
		shared = TestServer.start("iodine.compression.enabled=true", "iodine.compression.min-size=4B",
				"iodine.max-message-size=64KB");
		dedicated = TestServer.start("iodine.compression.enabled=true", "iodine.compression.mode=dedicated",
				"iodine.compression.min-size=1B", "iodine.max-message-size=64KB");
	}

	/** The examples of section 7.2.3, each "Hello". */
	@ParameterizedTest
	@ValueSource(
			strings = { "f248cdc9c90700", "000500faff48656c6c6f00", "f348cdc9c9070000", "f24805000000ffffcac9c90700" })
	void theExamplesOfTheRfcAreUnderstood(String hex) {
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(0xC1, hex(hex)));

			assertThat(text(peer.frame())).isEqualTo("Hello");
		}
	}

	@Test
	void whatIsSentIsTheExampleOfTheRfc() {
		try (RawPeer peer = connect(dedicated)) {
			peer.text("Hello").text("Hello");

			assertThat(peer.frame()).satisfies((frame) -> {
				assertThat(frame.first()).isEqualTo(0xC1);
				assertThat(frame.payload()).isEqualTo(hex("f248cdc9c90700"));
			});
			assertThat(peer.frame().payload()).as("refers to the first").isEqualTo(hex("f200110000"));
		}
	}

	@Test
	void whatIsSharedIsCompressedFromAnew() {
		try (RawPeer peer = connect(shared)) {
			peer.text("Hello, Hello, Hello").text("Hello, Hello, Hello");

			RawPeer.Frame first = peer.frame();
			assertThat(text(first)).isEqualTo("Hello, Hello, Hello");
			assertThat(peer.frame().payload()).isEqualTo(first.payload());
		}
	}

	@Test
	void messagesOfOneClientMayReferToThoseBefore() {
		messagesMayReferToThoseBefore(dedicated);
	}

	@Test
	void messagesOfOneClientMayReferToThoseBeforeAlsoInSharedMode() {
		messagesMayReferToThoseBefore(shared);
	}

	private void messagesMayReferToThoseBefore(TestServer server) {
		try (RawPeer peer = connect(server)) {
			peer.send(RawPeer.frame(0xC1, hex("f248cdc9c90700"))).send(RawPeer.frame(0xC1, hex("f200110000")));

			assertThat(this.echo.events.nextOf("text")).isEqualTo("text Hello");
			assertThat(this.echo.events.nextOf("text")).isEqualTo("text Hello");
		}
	}

	@Test
	void messagesMustNotReferToThoseBeforeWhenThatWasAgreedOn() {
		try (RawPeer peer = connect(shared, this.echo, "permessage-deflate; client_no_context_takeover")) {
			peer.send(RawPeer.frame(0xC1, hex("f248cdc9c90700"))).send(RawPeer.frame(0xC1, hex("f200110000")));

			assertThat(text(peer.frame())).isEqualTo("Hello");
			assertThat(peer.frame()).hasToString("close 1007 a compressed message can't be inflated");
		}
	}

	@Test
	void aMessageMayComeInFragmentsWithPingsBetween() {
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(0x41, hex("f248")))
				.send(RawPeer.frame(0x89, (byte) 'p'))
				.send(RawPeer.frame(0x00))
				.send(RawPeer.frame(0x80, hex("cdc9c90700")));

			assertThat(peer.frame()).hasToString("pong p");
			assertThat(text(peer.frame())).isEqualTo("Hello");
		}
	}

	@Test
	void framesMayComeByteByByte() {
		byte[] message = deflated("grüße ".repeat(50).getBytes(StandardCharsets.UTF_8));
		try (RawPeer peer = connect(shared)) {
			for (byte one : RawPeer.frame(0xC1, message)) {
				peer.send(new byte[] { one });
			}

			assertThat(text(peer.frame())).isEqualTo("grüße ".repeat(50));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "00", "" })
	void aCompressedMessageMayBeEmpty(String hex) {
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(0xC2, hex(hex))).send(RawPeer.frame(0xC1, hex("f248cdc9c90700")));

			assertThat(peer.frame()).hasToString("binary ");
			assertThat(text(peer.frame())).isEqualTo("Hello");
		}
	}

	@Test
	void anUncompressedMessageMayComeAmongCompressedOnes() {
		try (RawPeer peer = connect(dedicated)) {
			peer.send(RawPeer.frame(0xC1, hex("f248cdc9c90700")))
				.text("plain")
				.send(RawPeer.frame(0xC1, hex("f200110000")));

			assertThat(this.echo.events.nextOf("text")).isEqualTo("text Hello");
			assertThat(this.echo.events.nextOf("text")).isEqualTo("text plain");
			assertThat(this.echo.events.nextOf("text")).isEqualTo("text Hello");
		}
	}

	@Test
	void finalBlocksMayFollowEachOther() {
		byte[] one = finished("one ");
		byte[] two = finished("two");
		byte[] message = Arrays.copyOf(one, one.length + two.length + 1);
		System.arraycopy(two, 0, message, one.length, two.length);
		try (RawPeer peer = connect(dedicated)) {
			peer.send(RawPeer.frame(0xC1, message)).send(RawPeer.frame(0xC1, hex("f248cdc9c90700")));

			assertThat(this.echo.events.nextOf("text")).isEqualTo("text one two");
			assertThat(this.echo.events.nextOf("text")).isEqualTo("text Hello");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0xC9, 0xC8, 0xA1, 0x91, 0xE1, 0xC0 })
	void otherReservedBitsAndOtherFramesAreRefused(int first) {
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(first, hex("f248cdc9c90700")));

			assertThat(peer.frame()).hasToString("close 1002 reserved bits are set");
		}
	}

	@Test
	void aContinuationMustNotSayThatItIsCompressed() {
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(0x41, hex("f248"))).send(RawPeer.frame(0xC0, hex("cdc9c90700")));

			assertThat(peer.frame()).hasToString("close 1002 reserved bits are set");
		}
	}

	@Test
	void withoutAnAgreementNothingMayBeCompressed() {
		try (RawPeer peer = RawPeer.webSocket(shared, shared.serve(this.echo))) {
			peer.text("plain stays plain").send(RawPeer.frame(0xC1, hex("f248cdc9c90700")));

			assertThat(peer.frame()).hasToString("text plain stays plain");
			assertThat(peer.frame()).hasToString("close 1002 reserved bits are set");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ffffffff", "07", "000500fbff48656c6c6f00", "04c0810800000000" })
	void whatCannotBeInflatedIsRefused(String hex) {
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(0xC2, hex(hex)));

			assertThat(peer.frame()).hasToString("close 1007 a compressed message can't be inflated");
		}
	}

	@Test
	void theTextIsCheckedAfterItWasInflated() {
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(0xC1, deflated(new byte[] { 'a', (byte) 0xC3 })));

			assertThat(peer.frame()).hasToString("close 1007 a text message ends within a character");
		}
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(0xC1, deflated(new byte[] { 'a', (byte) 0xFF, 'b' })));

			assertThat(peer.frame()).hasToString("close 1007 a text message is not valid UTF-8");
		}
	}

	@Test
	void aMessageOfTheLargestSizePasses() {
		byte[] random = random(MAX);
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(0xC2, deflated(new byte[MAX]))).send(RawPeer.frame(0xC2, deflated(random)));

			assertThat(inflate(peer.frame().payload())).isEqualTo(new byte[MAX]);
			assertThat(peer.frame()).satisfies((frame) -> {
				assertThat(frame.first()).as("does not get smaller").isEqualTo(0x82);
				assertThat(frame.payload()).isEqualTo(random);
			});
		}
	}

	@Test
	void aMessageThatInflatesByOneByteTooManyIsRefused() {
		try (RawPeer peer = connect(shared)) {
			peer.send(RawPeer.frame(0xC2, deflated(new byte[MAX + 1])));

			assertThat(peer.frame()).hasToString("close 1009 a message is longer than 65536 bytes");
		}
	}

	@Test
	void aFrameThatCannotBelongToAnAllowedMessageIsNotReadAtAll() {
		try (RawPeer peer = connect(shared)) {
			peer.send(ByteBuffer.allocate(14).put((byte) 0xC2).put((byte) 0xFF).putLong(1L << 40).array());

			assertThat(peer.frame()).hasToString("close 1009 a message is longer than 65536 bytes");
		}
	}

	@Test
	void smallMessagesAndThoseThatMustNotAreSentAsTheyAre() {
		try (RawPeer peer = connect(shared)) {
			Connection client = this.echo.client();
			client.write("abc");
			client.write(Message.text("aaaaaaaaaaaaaaaa").uncompressed());
			client.write("aaaaaaaaaaaaaaaa");

			assertThat(peer.frame()).hasToString("text abc");
			assertThat(peer.frame()).hasToString("text aaaaaaaaaaaaaaaa");
			assertThat(peer.frame().first()).isEqualTo(0xC1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 100, 1000, 8192, 50_000 })
	void longMessagesTravelInBothModes(int length) {
		byte[] half = random(length);
		byte[] content = Arrays.copyOf(half, 2 * length);
		for (TestServer server : new TestServer[] { shared, dedicated }) {
			Recorder handler = new Recorder();
			try (RawPeer peer = connect(server, handler)) {
				Connection client = handler.client();
				client.write(content);
				client.write("x".repeat(length) + "ß");

				Inflater inflater = new Inflater(true);
				assertThat(content(peer.frame(), inflater)).isEqualTo(content);
				assertThat(new String(content(peer.frame(), inflater), StandardCharsets.UTF_8)).startsWith("x")
					.endsWith("ß");
				inflater.end();
			}
		}
	}

	@Test
	void aPublishedMessageIsCompressedOnceForAll() {
		Message message = Message.text("{\"price\": 1, \"price\": 2, \"price\": 3}");
		Recorder subscribes = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				client.subscribe("prices");
				super.onOpen(client);
			}

		};
		try (RawPeer one = connect(shared, subscribes);
				RawPeer two = connect(shared, subscribes);
				RawPeer plain = RawPeer.webSocket(shared, shared.serve(subscribes))) {
			for (int opened = 0; opened < 3; opened++) {
				assertThat(subscribes.events.nextOf("open")).isEqualTo("open");
			}
			shared.pubSub().publish("prices", message);

			byte[] payload = one.frame().payload();
			assertThat(new String(inflate(payload), StandardCharsets.UTF_8)).isEqualTo(message.asText());
			assertThat(two.frame().payload()).isEqualTo(payload);
			assertThat(plain.frame()).hasToString("text " + message.asText());
		}
	}

	@Test
	void aNarrowWindowIsKept() {
		String large = "0123456789".repeat(103);
		String small = "0123456789".repeat(102);
		try (RawPeer peer = connect(shared, this.echo, "permessage-deflate; server_max_window_bits=10")) {
			peer.text(large).text(small);

			RawPeer.Frame first = peer.frame();
			RawPeer.Frame second = peer.frame();
			assertThat(first.first()).as("one that is larger than the window is not compressed").isEqualTo(0x81);
			assertThat(second.first()).isEqualTo(0xC1);
			assertThat(text(second)).isEqualTo(small);
		}
	}

	@Test
	void dedicatedSubscribersHearEachInTheirOwnWords() {
		Recorder subscribes = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				client.subscribe("own");
				super.onOpen(client);
			}

		};
		try (RawPeer one = connect(dedicated, subscribes); RawPeer two = connect(dedicated, subscribes)) {
			assertThat(subscribes.events.nextOf("open")).isEqualTo("open");
			assertThat(subscribes.events.nextOf("open")).isEqualTo("open");
			one.text("said before");
			assertThat(subscribes.events.nextOf("text")).isEqualTo("text said before");
			for (int i = 0; i < 100; i++) {
				dedicated.pubSub().publish("own", "message " + i);
			}

			for (RawPeer peer : new RawPeer[] { one, two }) {
				Inflater inflater = new Inflater(true);
				for (int i = 0; i < 100; i++) {
					assertThat(new String(content(peer.frame(), inflater), StandardCharsets.UTF_8))
						.isEqualTo("message " + i);
				}
				inflater.end();
			}
		}
	}

	@Test
	void theAnswerSaysWhatWasAgreedOn() {
		try (RawPeer peer = new RawPeer(shared.port())) {
			RawPeer.Head head = peer
				.handshake(shared.serve(this.echo),
						"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10",
						"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
				.expect(101);

			assertThat(head.header("Sec-WebSocket-Extensions"))
				.isEqualTo("permessage-deflate; server_max_window_bits=10");
		}
	}

	@Test
	void whatCannotBeKeptIsNotAnswered() {
		try (RawPeer peer = new RawPeer(shared.port())) {
			RawPeer.Head head = peer
				.handshake(shared.serve(this.echo),
						"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7")
				.expect(101);

			assertThat(head.headers()).doesNotContainKey("sec-websocket-extensions");
			peer.text("aaaaaaaaaaaaaaaa");
			assertThat(peer.frame()).hasToString("text aaaaaaaaaaaaaaaa");
		}
	}

	@Test
	void aMalformedOfferIsABadRequest() {
		try (RawPeer peer = new RawPeer(shared.port())) {
			peer.handshake(shared.serve(this.echo), "Sec-WebSocket-Extensions: permessage-deflate; =1").expect(400);
		}
	}

	private RawPeer connect(TestServer server) {
		return connect(server, this.echo);
	}

	private static RawPeer connect(TestServer server, Recorder handler) {
		return connect(server, handler, "permessage-deflate");
	}

	private static RawPeer connect(TestServer server, Recorder handler, String offer) {
		RawPeer peer = new RawPeer(server.port());
		RawPeer.Head head = peer.handshake(server.serve(handler), "Sec-WebSocket-Extensions: " + offer).expect(101);
		assertThat(head.header("Sec-WebSocket-Extensions")).isEqualTo(offer);
		return peer;
	}

	/** The text of a frame, compressed if that made it smaller. */
	private static String text(RawPeer.Frame frame) {
		assertThat(frame.first()).as("%s", frame).isIn(0x81, 0xC1);
		return new String((frame.first() == 0xC1) ? inflate(frame.payload()) : frame.payload(), StandardCharsets.UTF_8);
	}

	private static byte[] inflate(byte[] payload) {
		Inflater inflater = new Inflater(true);
		try {
			return content(new RawPeer.Frame(0xC1, payload), inflater);
		}
		finally {
			inflater.end();
		}
	}

	/** The content of a frame, compressed or not. */
	private static byte[] content(RawPeer.Frame frame, Inflater inflater) {
		if ((frame.first() & 0x40) == 0) {
			return frame.payload();
		}
		byte[] whole = Arrays.copyOf(frame.payload(), frame.payload().length + 4);
		whole[whole.length - 1] = (byte) 0xFF;
		whole[whole.length - 2] = (byte) 0xFF;
		inflater.setInput(whole);
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		byte[] piece = new byte[8192];
		try {
			for (int length; (length = inflater.inflate(piece)) > 0;) {
				content.write(piece, 0, length);
			}
		}
		catch (DataFormatException ex) {
			throw new AssertionError(ex);
		}
		return content.toByteArray();
	}

	private static byte[] deflated(byte[] content) {
		Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
		deflater.setInput(content);
		byte[] out = new byte[content.length + content.length / 100 + 100];
		int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
		deflater.end();
		return Arrays.copyOf(out, length - 4);
	}

	private static byte[] finished(String content) {
		Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
		deflater.setInput(content.getBytes(StandardCharsets.UTF_8));
		deflater.finish();
		byte[] out = new byte[100];
		int length = deflater.deflate(out);
		deflater.end();
		return Arrays.copyOf(out, length);
	}

	private static byte[] random(int length) {
		byte[] random = new byte[length];
		new Random(42).nextBytes(random);
		return random;
	}

	private static byte[] hex(String hex) {
		return HexFormat.of().parseHex(hex);
	}

}
