package io.iodine.accesslog;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LineRulesTests {

	@ParameterizedTest
	@CsvSource({ "/a,/a", "/a?,/a?", "/a?b=c,/a?b=c", "/a?token=s,/a?token=***",
			"/a?x=1&TOKEN=s&y=2,/a?x=1&TOKEN=***&y=2", "/a?to%6ben=s,/a?to%6ben=***", "/a?%74oken=s,/a?%74oken=***",
			"/a?token,/a?token", "/a?tokens=s,/a?tokens=s", "/a?x;token=s,/a?x;token=***", "/a?token=s=t,/a?token=***",
			"/a?%zz=s&token=s,/a?%zz=s&token=***", "/a?token=s#f,/a?token=***#f",
			"http://a/?token=s,http://a/?token=***", "/token=s?x,/token=s?x" })
	void secretsOfAQueryAreMasked(String target, String shown) {
		assertThat(LineRules.DEFAULT.masked(target)).isEqualTo(shown);
	}

	@Test
	void theParametersAreConfigurable() {
		LineRules rules = LineRules.of(List.of("Ticket"), 100);

		assertThat(rules.masked("/?ticket=a&token=b")).isEqualTo("/?ticket=***&token=b");
	}

	@Test
	void aReferrerIsMaskedToo() {
		assertThat(LineRules.DEFAULT.apply(entry("/", "http://a/?access_token=s", "agent")).referrer())
			.isEqualTo("http://a/?access_token=***");
	}

	@Test
	void whatFitsIsNotCut() {
		LineRules rules = LineRules.of(List.of(), 60);
		AccessEntry entry = entry("/" + "a".repeat(59), null, "\"".repeat(10));

		assertThat(rules.apply(entry)).isEqualTo(entry);
	}

	@Test
	void noValueTakesMoreOfALineThanTheLongest() {
		LineRules rules = LineRules.of(List.of(), 60);

		AccessEntry cut = rules.apply(entry("/" + "a".repeat(60), null, "\u20ac".repeat(1000)));

		assertThat(cut.target()).isEqualTo("/" + "a".repeat(56) + "...");
		StringBuilder agent = new StringBuilder();
		Escapes.append(agent, String.valueOf(cut.userAgent()));
		assertThat(agent).hasSizeLessThanOrEqualTo(60).endsWith("...").startsWith("\\u20ac");
	}

	@Test
	void whatIsNotPrintableAsciiIsEscaped() {
		StringBuilder line = new StringBuilder();

		Escapes.append(line, "a ~\u001f\u007f\u00ff\u0100");

		assertThat(line).hasToString("a ~\\x1f\\x7f\\xff\\u0100");
	}

	@Test
	void anAddressAndAProtocolAreCutToo() {
		AccessEntry cut = LineRules.of(List.of(), 60)
			.apply(new AccessEntry(0, "9".repeat(100), null, "GET", "/", "X".repeat(100), 200, 1, Duration.ZERO, null,
					null, null, null));

		assertThat(cut.address()).hasSize(60);
		assertThat(cut.protocol()).hasSize(60);
	}

	private static AccessEntry entry(String target, @Nullable String referrer, String agent) {
		return new AccessEntry(0, "192.0.2.1", null, "GET", target, "HTTP/1.1", 200, 1, Duration.ZERO, referrer, agent,
				null, null);
	}

}
