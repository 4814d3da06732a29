package io.iodine.header;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests {@link CommaSeparatedList}. */
class CommaSeparatedListTests {

	@ParameterizedTest
	@CsvSource(delimiter = '→', quoteCharacter = '`', textBlock = """
			a                  → a
			a,b                → a|b
			`  a ,\tb\t, c `   → a|b|c
			,a,,b,             → a|b
			`, , ,`            → ``
			``                 → ``
			"a,b",c            → "a,b"|c
			"a\\",b",c         → "a\\",b"|c
			a="x,y";q=1, b     → a="x,y";q=1|b
			"a,b               → "a,b
			a\\,b              → a\\|b
			"a\\               → "a\\
			a b,c              → a b|c
			"","x,y"           → ""|"x,y"
			""")
	void elementsAreSeparatedByCommasOutsideOfQuotes(String value, String expected) {
		List<String> elements = CommaSeparatedList.elements(value);

		assertThat(String.join("|", elements)).isEqualTo(expected);
	}

	@Test
	void linesAreOneList() {
		assertThat(CommaSeparatedList.elements(List.of("a, b", "", " c"))).containsExactly("a", "b", "c");
	}

	@Test
	void emptyElementsRemainWhereTheyMatter() {
		assertThat(CommaSeparatedList.split("a,, b,")).containsExactly("a", "", "b", "");
		assertThat(CommaSeparatedList.split("")).containsExactly("");
	}

	@Test
	void onlySpacesAndTabsAreTrimmed() {
		assertThat(CommaSeparatedList.split("\u00a0a\u000b, b")).containsExactly("\u00a0a\u000b", "b");
	}

	@Test
	void anUnclosedQuoteInOneLineDoesNotReachTheNext() {
		assertThat(CommaSeparatedList.elements(List.of("\"a, b", "c, d"))).containsExactly("\"a, b", "c", "d");
	}

}
