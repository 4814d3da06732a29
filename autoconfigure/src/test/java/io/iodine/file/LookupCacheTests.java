package io.iodine.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LookupCacheTests {

	private static final int MOST = 8192;

	private final List<Lookup> dropped = new ArrayList<>();

	private final LookupCache cache = new LookupCache(this.dropped::add);

	@Test
	void manyTargetsThatAreNoFilesTakeNoMoreThanTheBound() {
		Lookup.Found file = found("/file");
		this.cache.learn("/file", file);
		for (int i = 0; i < 10 * MOST; i++) {
			this.cache.learn("/none" + i, Lookup.ABSENT);
		}

		assertThat(this.cache.size()).isLessThanOrEqualTo(MOST);
	}

	@Test
	void whatIsForgottenIsGivenBack() {
		for (int i = 0; i < 3 * MOST; i++) {
			this.cache.learn("/file" + i, found("/file" + i));
		}

		assertThat(this.cache.size()).isLessThanOrEqualTo(MOST);
		assertThat(this.dropped).hasSize(3 * MOST - this.cache.size());
	}

	@Test
	void aLongTargetIsNotRemembered() {
		this.cache.learn("/" + "a".repeat(1024), Lookup.ABSENT);

		assertThat(this.cache.size()).isZero();
	}

	private static Lookup.Found found(String target) {
		return new Lookup.Found(target, new Variants(RequestPath.ofTarget(target), null, Map.of()), null, List.of(),
				true);
	}

}
