package io.iodine.upgrade;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link HeaderBlock}. */
class HeaderBlockTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\'',
			value = { "a=1; token=x=y|x=y", "token=|''", "a=1;token = x |x", "token=\"a b\"|a b", "token=\"|\"",
					"token=\"\"|''", "token=\"a|\"a", "token=a\"|a\"", "token=1; token=2|1", "Token=1|", "=token|",
					"token|", "xtoken=1|" })
	void aCookieIsFoundByItsNameAndLosesItsQuotes(String header, @Nullable String value) {
		HttpHeaders headers = new HttpHeaders();
		headers.add("Cookie", header);

		assertThat(new HeaderBlock(HeaderBlock.bytes(headers)).cookie("token").orElse(null)).isEqualTo(value);
	}

	@Test
	void cookiesMayComeInSeveralLines() {
		HttpHeaders headers = new HttpHeaders();
		headers.add("Cookie", "a=1");
		headers.add("Cookie", "token=2");

		assertThat(new HeaderBlock(HeaderBlock.bytes(headers)).cookie("token")).contains("2");
		assertThat(new HeaderBlock(HeaderBlock.EMPTY).cookie("token")).isEmpty();
	}

}
