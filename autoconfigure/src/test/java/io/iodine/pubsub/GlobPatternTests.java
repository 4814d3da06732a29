package io.iodine.pubsub;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class GlobPatternTests {

	@ParameterizedTest
	@CsvSource(delimiter = ' ', quoteCharacter = '"', textBlock = """
			chat chat true
			chat chats false
			chat* chat true
			chat* chat/room.1 true
			*.created order.created true
			*.created order.updated false
			a*b*c axxbyyc true
			a*b*c axxbyy false
			h?llo hello true
			h?llo hllo false
			h?llo héllo false
			h??llo héllo true
			h[ae]llo hallo true
			h[ae]llo hillo false
			h[^e]llo hallo true
			h[^e]llo hello false
			h[a-c]llo hbllo true
			h[c-a]llo hbllo true
			h[a-c]llo hdllo false
			h[abc ha true
			h[abc had false
			h[^ ha true
			h[ ha false
			h[] ha false
			h[^] ha true
			h[a-] h- false
			h[a-] ha true
			h[a-] h] true
			h[\\]] h] true
			h[\\-z] h- true
			\\*chat *chat true
			\\*chat xchat false
			chat\\ chat\\ true
			*** a true
			"" "" true
			* "" false
			""")
	void matchesAsRedisDoes(String glob, String channel, boolean expected) {
		assertThat(GlobPattern.compile(glob).matches(utf8(channel))).isEqualTo(expected);
	}

	@Test
	void agreesWithTheAlgorithmOfRedisOnRandomPatterns() {
		Random random = new Random(7);
		for (int i = 0; i < 400_000; i++) {
			byte[] glob = randomText(random, "ab*?[]^-\\é", 9);
			byte[] channel = randomText(random, "ab-]^*\\[é", 7);

			boolean matches = GlobPattern.compile(new String(glob, StandardCharsets.UTF_8)).matches(channel);

			assertThat(matches)
				.as("pattern %s, channel %s", new String(glob, StandardCharsets.UTF_8),
						new String(channel, StandardCharsets.UTF_8))
				.isEqualTo(new StringMatchLen(glob).matches(0, channel, 0));
		}
	}

	@Test
	void aHostilePatternDoesNotBlowUp() {
		GlobPattern pattern = GlobPattern.compile("a*".repeat(500) + "b");
		byte[] channel = utf8("a".repeat(1024));

		boolean matches = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> pattern.matches(channel));

		assertThat(matches).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "chat, true", "c[ab]*, true", "[a][b], true", "a], true", "\\\\, true", "\\[a, true", "[a\\]b], true",
			"[x, false", "[a]b[, false", "[a\\], false", "a\\, false", "\\, false", "'', false" })
	void anOpenClassAndAnEscapeOfNothingAreMalformed(String glob, boolean wellFormed) {
		assertThat(GlobPattern.isWellFormed(glob)).isEqualTo(wellFormed);
	}

	private static byte[] randomText(Random random, String alphabet, int maxLength) {
		StringBuilder text = new StringBuilder();
		int length = random.nextInt(maxLength + 1);
		for (int i = 0; i < length; i++) {
			text.append(alphabet.charAt(random.nextInt(alphabet.length())));
		}
		return utf8(text.toString());
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
