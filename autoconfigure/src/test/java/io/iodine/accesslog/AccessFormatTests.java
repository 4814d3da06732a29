package io.iodine.accesslog;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import io.iodine.accesslog.AccessEntry.End;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class AccessFormatTests {

	private static final long TIME = Instant.parse("2024-02-03T04:05:06.078Z").toEpochMilli();

	@Test
	void commonIsTheCommonLogFormat() {
		assertThat(line(AccessFormat.COMMON, request("/a?b", 12)))
			.isEqualTo("192.0.2.1 - me [03/Feb/2024:04:05:06 +0000] \"GET /a?b HTTP/1.1\" 200 12");
	}

	@Test
	void nothingSentIsADash() {
		assertThat(line(AccessFormat.COMMON, request("/", 0))).endsWith("\" 200 -");
	}

	@Test
	void combinedAddsReferrerAndUserAgent() {
		assertThat(line(AccessFormat.COMBINED, request("/", 12))).endsWith("\" 200 12 \"http://a/\" \"curl\"");
	}

	@Test
	void jsonIsAnObjectALine() {
		assertThat(line(AccessFormat.JSON, request("/", 12)))
			.isEqualTo("{\"time\":\"2024-02-03T04:05:06.078Z\",\"address\":\"192.0.2.1\",\"user\":\"me\","
					+ "\"method\":\"GET\",\"target\":\"/\",\"protocol\":\"HTTP/1.1\",\"status\":200,\"bytes\":12,"
					+ "\"elapsedMs\":1.500,\"referrer\":\"http://a/\",\"userAgent\":\"curl\"}");
	}

	@Test
	void iodineIsTheOriginals() {
		assertThat(line(AccessFormat.IODINE, request("/", 12)))
			.isEqualTo("192.0.2.1 - me [Sat, 03 Feb 2024 04:05:06 GMT] \"GET / HTTP/1.1\" 200 12b 1ms");
		assertThat(line(AccessFormat.IODINE, request("/", 0))).endsWith("\" 200 -- 1ms");
	}

	@Test
	void theEndOfAConnectionHasItsDurationAndReason() {
		AccessEntry entry = entry("CLOSE", "/chat", "WEBSOCKET", 1000, 34, new End("7", "PEER", "bye", 1, 2, 3));

		assertThat(line(AccessFormat.COMMON, entry)).endsWith("\"CLOSE /chat WEBSOCKET\" 1000 34 1ms PEER \"bye\"");
		assertThat(line(AccessFormat.IODINE, entry)).endsWith("\"CLOSE /chat WEBSOCKET\" 1000 34b 1ms PEER \"bye\"");
		assertThat(line(AccessFormat.JSON, entry)).endsWith("\"connection\":\"7\",\"cause\":\"PEER\","
				+ "\"reason\":\"bye\",\"messagesIn\":1,\"bytesIn\":2,\"messagesOut\":3}");
	}

	@Test
	void whatClientsSendStaysInItsField() {
		AccessEntry entry = request("/\"\r\n192.0.2.9 - - \\ \u001b[2J\u00e4\u20ac", 12);

		assertThat(line(AccessFormat.COMMON, entry))
			.contains("\"GET /\\x22\\x0d\\x0a192.0.2.9 - - \\x5c \\x1b[2J\\xe4\\u20ac HTTP/1.1\"");
		assertThat(line(AccessFormat.JSON, entry))
			.contains("\"/\\u0022\\u000d\\u000a192.0.2.9 - - \\u005c \\u001b[2J\\u00e4\\u20ac\"");
	}

	@ParameterizedTest
	@EnumSource
	void theProtocolOfARequestLineStaysInItsField(AccessFormat format) {
		AccessEntry entry = entry("GET", "/", "X\" 200 1\u001b[2J/1.1", 400, 0, null);

		assertThat(line(format, entry)).doesNotContain("\u001b", "X\"");
	}

	private static AccessEntry request(String target, long bytes) {
		return entry("GET", target, "HTTP/1.1", 200, bytes, null);
	}

	private static AccessEntry entry(String method, String target, String protocol, int status, long bytes,
			@Nullable End end) {
		return new AccessEntry(TIME, "192.0.2.1", "me", method, target, protocol, status, bytes,
				Duration.ofNanos(1_500_000), "http://a/", "curl", end, null);
	}

	private static String line(AccessFormat format, AccessEntry entry) {
		StringBuilder line = new StringBuilder();
		format.append(line, entry, new Timestamps(ZoneOffset.UTC));
		return line.toString();
	}

}
