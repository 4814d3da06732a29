package io.iodine.concurrent;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link PeerText}. */
class PeerTextTests {

	@Test
	void nothingBreaksTheLine() {
		assertThat(PeerText.of("a\r\nb\u0000c\u007fd\u0085e\u2028f\u2029g\u001b[31m é"))
			.isEqualTo("a??b?c?d?e?f?g?[31m é");
	}

	@Test
	void longWordsAreCut() {
		assertThat(PeerText.of("x".repeat(200))).isEqualTo("x".repeat(200));
		assertThat(PeerText.of("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
	}

	@Test
	void noWordsAreNamed() {
		assertThat(PeerText.of(null)).isEqualTo("null");
	}

}
