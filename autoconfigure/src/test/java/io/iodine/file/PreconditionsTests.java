package io.iodine.file;

import java.util.List;

import io.iodine.file.Preconditions.Outcome;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9110, section 13: each condition alone, and all of them together. */
class PreconditionsTests {

	private static final long MODIFIED = 784_111_777;

	private static final String EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT";

	private static final String SAME = "Sun, 06 Nov 1994 08:49:37 GMT";

	private static final String LATER = "Sun, 06 Nov 1994 08:49:38 GMT";

	private static final List<Condition> IF_MATCH = List.of(new Condition(null, Says.NOTHING),
			new Condition("*", Says.TRUE), new Condition("\"a\"", Says.TRUE), new Condition("W/\"a\"", Says.FALSE),
			new Condition("\"b\"", Says.FALSE), new Condition("\"b\", \"a\"", Says.TRUE),
			new Condition("\"b\", W/\"a\"", Says.FALSE), new Condition("\"a", Says.FALSE),
			new Condition("a", Says.FALSE), new Condition("\"a,b\", \"a\"", Says.TRUE),
			new Condition("\"a,b\"", Says.FALSE), new Condition("", Says.FALSE));

	private static final List<Condition> IF_UNMODIFIED_SINCE = List.of(new Condition(null, Says.NOTHING),
			new Condition(EARLIER, Says.FALSE), new Condition(SAME, Says.TRUE), new Condition(LATER, Says.TRUE),
			new Condition("yesterday", Says.NOTHING));

	private static final List<Condition> IF_NONE_MATCH = List.of(new Condition(null, Says.NOTHING),
			new Condition("*", Says.FALSE), new Condition("\"a\"", Says.FALSE), new Condition("W/\"a\"", Says.FALSE),
			new Condition("\"b\"", Says.TRUE), new Condition("\"b\", W/\"a\"", Says.FALSE),
			new Condition("\"b\",\"c\"", Says.TRUE), new Condition("a", Says.TRUE));

	private static final List<Condition> IF_MODIFIED_SINCE = List.of(new Condition(null, Says.NOTHING),
			new Condition(EARLIER, Says.TRUE), new Condition(SAME, Says.FALSE), new Condition(LATER, Says.FALSE),
			new Condition("Sunday, 06-Nov-94 08:49:37 GMT", Says.FALSE),
			new Condition("Sun Nov  6 08:49:37 1994", Says.FALSE), new Condition("1", Says.NOTHING));

	@Test
	void conditionsAreJudgedInTheOrderOfTheStandard() {
		int rows = 0;
		for (Condition match : IF_MATCH) {
			for (Condition unmodified : IF_UNMODIFIED_SINCE) {
				for (Condition noneMatch : IF_NONE_MATCH) {
					for (Condition modified : IF_MODIFIED_SINCE) {
						HttpHeaders request = new DefaultHttpHeaders();
						match.addTo(request, "If-Match");
						unmodified.addTo(request, "If-Unmodified-Since");
						noneMatch.addTo(request, "If-None-Match");
						modified.addTo(request, "If-Modified-Since");
						rows++;

						assertThat(new Preconditions("\"a\"", MODIFIED).judge(request)).as(request.toString())
							.isEqualTo(expected(match, unmodified, noneMatch, modified));
					}
				}
			}
		}
		assertThat(rows).isEqualTo(12 * 5 * 8 * 7);
	}

	private static Outcome expected(Condition match, Condition unmodified, Condition noneMatch, Condition modified) {
		Condition state = (match.value() != null) ? match : unmodified;
		if (state.says() == Says.FALSE) {
			return Outcome.FAILED;
		}
		Condition cache = (noneMatch.value() != null) ? noneMatch : modified;
		return (cache.says() == Says.FALSE) ? Outcome.NOT_MODIFIED : Outcome.PERFORM;
	}

	@Test
	void aWeakTagOfOursMatchesWeaklyOnly() {
		Preconditions weak = new Preconditions("W/\"a\"", MODIFIED);

		assertThat(weak.judge(new DefaultHttpHeaders().add("If-Match", "\"a\""))).isEqualTo(Outcome.FAILED);
		assertThat(weak.judge(new DefaultHttpHeaders().add("If-Match", "W/\"a\""))).isEqualTo(Outcome.FAILED);
		assertThat(weak.judge(new DefaultHttpHeaders().add("If-None-Match", "\"a\""))).isEqualTo(Outcome.NOT_MODIFIED);
		assertThat(weak.judge(new DefaultHttpHeaders().add("If-None-Match", "W/\"a\"")))
			.isEqualTo(Outcome.NOT_MODIFIED);
	}

	@Test
	void linesOfOneHeaderAreOneList() {
		HttpHeaders request = new DefaultHttpHeaders().add("If-None-Match", "\"b\"").add("If-None-Match", "\"a\"");

		assertThat(new Preconditions("\"a\"", MODIFIED).judge(request)).isEqualTo(Outcome.NOT_MODIFIED);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\'', nullValues = "-",
			value = { "- | 10 | true", "\"a\" | 10 | true", "\"b\" | 10 | false", "W/\"a\" | 10 | false",
					"Sun, 06 Nov 1994 08:49:37 GMT | 10 | true", "Sun, 06 Nov 1994 08:49:37 GMT | 0 | false",
					"Sun, 06 Nov 1994 08:49:36 GMT | 10 | false", "Sun, 06 Nov 1994 08:49:38 GMT | 10 | false",
					"yesterday | 10 | false", "\"a\", \"b\" | 10 | false" })
	void aRangeIsHeededWhenIfRangeIsExactlyOurs(@Nullable String ifRange, long age, boolean allowed) {
		HttpHeaders request = new DefaultHttpHeaders();
		if (ifRange != null) {
			request.add("If-Range", ifRange);
		}

		assertThat(new Preconditions("\"a\"", MODIFIED).allowsRange(request, MODIFIED + age)).isEqualTo(allowed);
	}

	/** What a condition says. */
	private enum Says {

		NOTHING, TRUE, FALSE

	}

	/**
	 * A header, or none.
	 *
	 * @param value its value
	 * @param says what it says of the representation
	 */
	private record Condition(@Nullable String value, Says says) {

		void addTo(HttpHeaders request, String name) {
			if (this.value != null) {
				request.add(name, this.value);
			}
		}

	}

}
