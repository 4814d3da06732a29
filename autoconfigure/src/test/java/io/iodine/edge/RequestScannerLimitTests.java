package io.iodine.edge;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestScanner} at its limits: request lines of 60 octets, header
 * lines of 40, 80 of all, 5 lines, and 4 octets of content unless a test says otherwise.
 */
class RequestScannerLimitTests {

	private static final String HEAD = "GET / HTTP/1.1\r\nHost: a\r\n";

	private static final String CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

	private final RequestScanner scanner = scanner(4);

	@Test
	void aMethodHas32Letters() {
		assertThat(rejection("A".repeat(32) + " / HTTP/1.1\r\nHost: a\r\n\r\n")).isNull();
		assertThat(rejection("A".repeat(33) + " / HTTP/1.1\r\nHost: a\r\n\r\n"))
			.isEqualTo(RejectedRequest.METHOD_TOO_LONG);
		assertThat(rejection("A".repeat(60))).isNull();
		assertThat(rejection("A".repeat(61))).isEqualTo(RejectedRequest.REQUEST_LINE);
	}

	@Test
	void aRequestLineIsBoundedInAll() {
		int rest = "GET / HTTP/1.1".length() - 1;

		assertThat(rejection(HEAD.replace("/ ", "/" + "a".repeat(60 - rest - 1) + " ") + "\r\n")).isNull();
		assertThat(rejection(HEAD.replace("/ ", "/" + "a".repeat(60 - rest) + " ") + "\r\n"))
			.isEqualTo(RejectedRequest.TARGET_TOO_LONG);
		assertThat(rejection("GET /" + "a".repeat(60 - 5))).isNull();
		assertThat(rejection("GET /" + "a".repeat(60 - 4))).isEqualTo(RejectedRequest.TARGET_TOO_LONG);
	}

	@Test
	void headerLinesAreBoundedEachAndInAll() {
		assertThat(rejection(HEAD + "A:" + "b".repeat(38) + "\r\n\r\n")).isNull();
		assertThat(rejection(HEAD + "A:" + "b".repeat(39) + "\r\n\r\n"))
			.isEqualTo(RejectedRequest.HEADER_LINE_TOO_LONG);
		String most = HEAD + "A:" + "b".repeat(38) + "\r\n";
		assertThat(rejection(most + "B:" + "b".repeat(31) + "\r\n\r\n")).isNull();
		assertThat(rejection(most + "B:" + "b".repeat(32) + "\r\n\r\n")).isEqualTo(RejectedRequest.HEADERS_TOO_LARGE);
		assertThat(rejection(HEAD + "A:\r\n".repeat(4) + "\r\n")).isNull();
		assertThat(rejection(HEAD + "A:\r\n".repeat(5) + "\r\n")).isEqualTo(RejectedRequest.TOO_MANY_HEADERS);
	}

	@Test
	void contentIsBoundedInAll() {
		assertThat(rejection(CHUNKED + "4\r\nabcd\r\n0\r\n\r\n")).isNull();
		assertThat(rejection(CHUNKED + "5\r\n")).isEqualTo(RejectedRequest.BODY_TOO_LARGE);
		assertThat(rejection(CHUNKED + "2\r\nab\r\n2\r\nab\r\n0\r\n\r\n")).isNull();
		assertThat(rejection(CHUNKED + "2\r\nab\r\n3\r\n")).isEqualTo(RejectedRequest.BODY_TOO_LARGE);
		assertThat(rejection(Long.MAX_VALUE, CHUNKED + "7fffffff\r\n")).isNull();
		assertThat(rejection(Long.MAX_VALUE, CHUNKED + "80000000\r\n")).isEqualTo(RejectedRequest.BODY_TOO_LARGE);
		assertThat(rejection(Long.MAX_VALUE, CHUNKED + "0000000000000001\r\na\r\n0\r\n\r\n")).isNull();
		assertThat(rejection(Long.MAX_VALUE, CHUNKED + "00000000000000001")).isEqualTo(RejectedRequest.CHUNK);
	}

	@Test
	void extensionsAreBoundedEachAndInAll() {
		assertThat(rejection(CHUNKED + "1;" + "a".repeat(1023) + "\r\nb\r\n0\r\n\r\n")).isNull();
		assertThat(rejection(CHUNKED + "1;" + "a".repeat(1024))).isEqualTo(RejectedRequest.CHUNK_EXTENSION);
		assertThat(rejection(CHUNKED + "1" + " ".repeat(1024))).isNull();
		assertThat(rejection(CHUNKED + "1" + " ".repeat(1025))).isEqualTo(RejectedRequest.CHUNK);
		String all = ("1;" + "a".repeat(1023) + "\r\nb\r\n").repeat(16) + "1;" + "a".repeat(16);
		assertThat(rejection(100, CHUNKED + all + "\r\nb\r\n0\r\n\r\n")).isNull();
		assertThat(rejection(100, CHUNKED + all + "a")).isEqualTo(RejectedRequest.CHUNK_EXTENSION);
		assertThat(rejection(100, CHUNKED + "1;a=b\r\nb\r\n1;\r\n")).isEqualTo(RejectedRequest.CHUNK_EXTENSION);
	}

	@ParameterizedTest
	@CsvSource({ "GET /~, REQUEST_LINE", "'GET /\n', TARGET", "'GET http://', ", "'GET http:// ', TARGET",
			"'GET http://x HTTP/1.1', ", "'GET HTTPS:///x ', TARGET", "'GET / HTTP/1.1\n', LINE_END",
			"'GET / HTTP /', REQUEST_LINE", "'GET / HTTP/1.2~', VERSION", "'GET / HTTP/1.x~', REQUEST_LINE",
			"'GET / HTTP/1.1~^ Host', HEADER_NAME", "'GET / HTTP/1.1~^Host: a~^ b', FOLDED_HEADER",
			"'GET / HTTP/1.1~^Host: a~^\tb', FOLDED_HEADER", "'GET / HTTP/1.1~^Host\n', LINE_END",
			"'GET / HTTP/1.1~^Host;', HEADER_NAME", "'GET / HTTP/1.1~^:', HEADER_NAME",
			"'GET / HTTP/1.1~^Host: a\n', LINE_END", "'GET / HTTP/1.1~^A: \u0001', HEADER_VALUE",
			"'GET / HTTP/1.1~GET', LINE_END" })
	void aRefusalNamesWhatIsWrong(String request, @Nullable RejectedRequest expected) {
		assertThat(rejection(request.replace('~', '\r').replace('^', '\n'))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "2~^ab, CHUNK", "'2\r\nab\r', ", "'2\r\nabc', CHUNK", "'2\r\nab\rc', CHUNK", "'2 \r', CHUNK",
			"'2\rx', CHUNK", "'\r', CHUNK" })
	void aRefusalOfAChunkSaysSo(String chunk, @Nullable RejectedRequest expected) {
		assertThat(rejection(CHUNKED + chunk)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "'~^ ', REQUEST_LINE", "'~^~', REQUEST_LINE", "'G^', REQUEST_LINE", "'CONNECT ', CONNECT",
			"'GET /~', REQUEST_LINE", "'GET /^', TARGET", "'GET http:// ', TARGET", "'GET / HTTP ', REQUEST_LINE",
			"'GET / HTTP/1.1^', LINE_END", "'GET / HTTP/1.2~', VERSION", "'GET / HTTP/1.x~', REQUEST_LINE",
			"'GET / HTTP/1.1~^ ', HEADER_NAME", "'GET / HTTP/1.1~^Host^', LINE_END", "'GET / HTTP/1.1~^:', HEADER_NAME",
			"'GET / HTTP/1.1~^Host: a^', LINE_END", "'GET / HTTP/1.1~^Host: a~x', LINE_END",
			"'GET / HTTP/1.1~^Host: a~^ ', FOLDED_HEADER",
			"'GET / HTTP/1.1~^Host: a~^A:~^A:~^A:~^A:~^A', TOO_MANY_HEADERS", "'chunks ~', CHUNK", "'chunks g', CHUNK",
			"'chunks 5~', BODY_TOO_LARGE", "'chunks 1!', CHUNK", "'chunks 1;a=\u0001', CHUNK_EXTENSION",
			"'chunks 1~^a!', CHUNK" })
	void itStopsAtTheOctetThatItRefuses(String text, String expected) {
		byte[] octets = ("xx" + text.replace('~', '\r').replace('^', '\n').replace("chunks ", CHUNKED))
			.getBytes(StandardCharsets.ISO_8859_1);

		int length = this.scanner.scan(Unpooled.wrappedBuffer(octets).skipBytes(2), new byte[1024]);

		assertThat(this.scanner.rejection()).hasToString(expected);
		assertThat(length).isEqualTo(octets.length - 2 - 1);
	}

	@Test
	void itKnowsWhereInARequestItIs() {
		assertThat(where()).isEqualTo("between");
		scan("\r\nG");
		assertThat(where()).isEqualTo("head");
		scan("ET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n");
		assertThat(where()).isEqualTo("head");
		scan("\r\n");
		assertThat(where()).isEqualTo("body");
		scan("3\r\na");
		assertThat(where()).isEqualTo("body");
		assertThat(this.scanner.bodySize()).isEqualTo(1);
		scan("bc\r\n0\r\nA: b\r\n");
		assertThat(where()).isEqualTo("body");
		assertThat(this.scanner.bodySize()).isEqualTo(3);
		scan("\r\n");
		assertThat(where()).isEqualTo("complete");
		assertThat(this.scanner.isForHead()).isFalse();

		this.scanner.next();
		assertThat(where()).isEqualTo("between");
		assertThat(this.scanner.bodySize()).isZero();
		scan("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
		assertThat(where()).isEqualTo("body");
		assertThat(this.scanner.isForHead()).isTrue();
		assertThat(this.scanner.bodySize()).isEqualTo(1);
	}

	@Test
	void itCountsWhatBelongsToTheRequest() {
		ByteBuf two = text("xx" + HEAD + "\r\n" + HEAD + "\r\n").skipBytes(2);

		assertThat(this.scanner.scan(two, new byte[8])).isEqualTo(HEAD.length() + 2);
		assertThat(two.readerIndex()).isEqualTo(2);
		assertThat(this.scanner.isComplete()).isTrue();
	}

	private String where() {
		return this.scanner.isComplete() ? "complete"
				: this.scanner.isInBody() ? "body" : this.scanner.isInHead() ? "head" : "between";
	}

	private void scan(String part) {
		assertThat(this.scanner.scan(text(part), new byte[64])).isEqualTo(part.length());
		assertThat(this.scanner.rejection()).isNull();
	}

	private static @Nullable RejectedRequest rejection(String request) {
		return rejection(4, request);
	}

	private static @Nullable RejectedRequest rejection(long maxBodySize, String request) {
		RequestScanner fresh = scanner(maxBodySize);
		fresh.scan(text(request), new byte[1024]);
		return fresh.rejection();
	}

	private static ByteBuf text(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
	}

	private static RequestScanner scanner(long maxBodySize) {
		Duration never = Duration.ZERO;
		return new RequestScanner(new EdgeLimits(60, 40, 80, 5, maxBodySize, never, never, 0, never, never, 1, false));
	}

}
