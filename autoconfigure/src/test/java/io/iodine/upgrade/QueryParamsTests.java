package io.iodine.upgrade;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link QueryParams}. */
class QueryParamsTests {

	@Test
	void valuesAreDecodedAndKeepTheirOrder() {
		assertThat(QueryParams.parse("b=2&a=%C3%A4+x&b=1&c&d=&=e&f=g=h&&")).containsExactly(
				Map.entry("b", List.of("2", "1")), Map.entry("a", List.of("ä x")), Map.entry("c", List.of("")),
				Map.entry("d", List.of("")), Map.entry("", List.of("e")), Map.entry("f", List.of("g=h")));
	}

	@Test
	void namesAreDecodedToo() {
		assertThat(QueryParams.parse("%61=1&a=2")).containsExactly(Map.entry("a", List.of("1", "2")));
	}

	@Test
	void whatCannotBeDecodedStaysAsItCame() {
		assertThat(QueryParams.parse("a=%zz&%=b")).containsExactly(Map.entry("a", List.of("%zz")),
				Map.entry("%", List.of("b")));
	}

	@Test
	void noQueryHasNoParameters() {
		assertThat(QueryParams.parse(null)).isEmpty();
		assertThat(QueryParams.parse("")).isEmpty();
	}

}
