package io.iodine.file;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CachePolicyTests {

	private static final Pattern FINGERPRINT = Pattern.compile(".*-[0-9a-f]{8}\\.js");

	@Test
	void theFirstPatternThatMatchesWins() {
		Map<String, String> patterns = new LinkedHashMap<>();
		patterns.put("/fonts/*.woff2", "first");
		patterns.put("/fonts/**", "second");
		CachePolicy policy = new CachePolicy(Duration.ofMinutes(1), patterns, FINGERPRINT);

		assertThat(policy.of(file("/fonts/a.woff2"))).isEqualTo("first");
		assertThat(policy.of(file("/fonts/a.ttf"))).isEqualTo("second");
		assertThat(policy.of(file("/a.ttf"))).isEqualTo("max-age=60");
	}

	@Test
	void aPatternWinsOverAFingerprintAndAFingerprintOverTheAge() {
		CachePolicy policy = new CachePolicy(Duration.ZERO, Map.of("/own/**", "own"), FINGERPRINT);

		assertThat(policy.of(file("/own/app-0123abcd.js"))).isEqualTo("own");
		assertThat(policy.of(file("/app-0123abcd.js"))).isEqualTo("public, max-age=31536000, immutable");
		assertThat(policy.of(file("/app-0123.js"))).isEqualTo("max-age=0");
	}

	@Test
	void aDirectoryIsMatchedByItselfAndByItsIndex() {
		CachePolicy policy = new CachePolicy(Duration.ZERO, Map.of("/index.html", "root", "/docs/", "docs"),
				FINGERPRINT);

		assertThat(policy.of(file("/"))).isEqualTo("root");
		assertThat(policy.of(file("/docs/"))).isEqualTo("docs");
		assertThat(policy.of(file("/docs/index.html"))).isEqualTo("max-age=0");
	}

	private static Variants file(String target) {
		RequestPath path = RequestPath.ofTarget(target);
		FileTime time = FileTime.fromMillis(0);
		return new Variants(path, new FileResource(null, Path.of(path.file().name()), 1, time, time, null), Map.of());
	}

}
