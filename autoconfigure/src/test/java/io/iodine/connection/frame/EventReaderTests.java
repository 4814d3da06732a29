package io.iodine.connection.frame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link EventReader} (HTML living standard, section 9.2.6). */
class EventReaderTests {

	private static final int MAX = 32;

	private final List<String> heard = new ArrayList<>();

	private boolean wantsMore = true;

	private final FrameReader reader = FrameReader.events(new Listening(), MAX);

	@ParameterizedTest
	@CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = { "data: a~~|a", "data:a~~|a",
			"data:  a~~| a", "data~~|=", "data:~data:~~|~", "data: a~data: b~~|a~b", "data: a~~data: b~~|a;b",
			": comment~data: a~~|a", ":~data: a~~|a", "data : a~~|-", "other: x~~|-", "~~~|-", "data: a|-",
			"data: a~|-", "event: e~data: a~~data: b~~|e/a;b", "event:~data: a~~|a", "event~data: a~~|a",
			"event: e~~data: a~~|a", "id: 1~data: a~~data: b~~|a#1;b#1", "id: 1~~data: b~~|b#1",
			"id: 1~data: a~~id~data: b~~|a#1;b#", "retry: 5~data: a~~data: b~~|a@5;b", "retry: 5~~data: a~~|a@5",
			"retry: 5x~data: a~~|a", "retry: -5~data: a~~|a", "retry:~data: a~~|a", "retry: 1234567890~data: a~~|a",
			"\uFEFFdata: a~~|a", "data: a~~\uFEFFdata: b~~|a", "data: x:y~~|x:y" })
	void eventsAreReadAsTheStandardSays(String stream, String expected) {
		for (String end : List.of("\n", "\r", "\r\n")) {
			this.heard.clear();
			FrameReader fresh = FrameReader.events(new Listening(), MAX);
			ByteBuf bytes = text(stream.replace("~", end));

			while (bytes.isReadable()) {
				fresh.read(bytes.readSlice(1));
			}

			assertThat(String.join(";", this.heard))
				.isEqualTo(expected.matches("[-=]") ? "" : expected.replace("~", "\n"));
		}
	}

	@Test
	void aNulInANameOrAnIdIsNotTaken() {
		this.reader.read(text("id: 1\nid: 2\0\nevent: e\0\ndata: a\n\n"));

		assertThat(this.heard).containsExactly("a#1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "data: ", "", "data: 1234567890\ndata: 1234567890\ndata: 1234567890\n" })
	void anEventThatIsTooLongEndsReading(String before) {
		ByteBuf bytes = text(before + "x".repeat(2 * MAX) + "\n\ndata: late\n\n");

		this.reader.read(bytes);
		this.reader.read(text("data: later\n\n"));

		assertThat(this.heard).containsExactly("violated 1009");
		assertThat(bytes.isReadable()).isFalse();
	}

	@Test
	void anEventMayBeAsLongAsAMessageWithTheNameOfItsField() {
		this.reader.read(text("data: " + "x".repeat(MAX) + "\n\n"));
		this.reader.read(text("x".repeat(MAX + 16) + "\n"));
		assertThat(this.heard).containsExactly("x".repeat(MAX));

		this.reader.read(text("x".repeat(MAX + 17)));

		assertThat(this.heard).containsExactly("x".repeat(MAX), "violated 1009");
	}

	@Test
	void theRestIsLeftWhenNoMoreIsWanted() {
		this.wantsMore = false;
		ByteBuf bytes = text("retry: 1\n\ndata: a\n\ndata: b\n\n");

		this.reader.read(bytes);

		assertThat(this.heard).containsExactly("a@1");
		assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("data: b\n\n");
	}

	private static ByteBuf text(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
	}

	/** Hears events and violations. */
	private final class Listening implements FrameListener {

		@Override
		public void received(Message message) {
			EventReaderTests.this.heard.add(message.event().map((name) -> name + "/").orElse("") + message.asText()
					+ message.id().map((id) -> "#" + id).orElse("")
					+ message.retry().map((retry) -> "@" + retry.toMillis()).orElse(""));
		}

		@Override
		public void pinged(byte[] payload) {
			throw new AssertionError("there is no ping");
		}

		@Override
		public void peerCloses(int code, String reason) {
			throw new AssertionError("there is no close frame");
		}

		@Override
		public void violated(int code, String reason) {
			EventReaderTests.this.heard.add("violated " + code);
		}

		@Override
		public boolean wantsMore() {
			return EventReaderTests.this.wantsMore;
		}

		@Override
		public boolean isTooFast() {
			return false;
		}

	}

}
