package io.iodine.file;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Settings as they are unless somebody sets something. */
final class Settings {

	private Settings() {
	}

	static FileSettings of(@Nullable Path root) {
		return new FileSettings((root != null) ? FileRoot.at(root) : null, "/**", null, false, false, List.of(),
				Map.of(), Map.of(), Duration.ofHours(1), Map.of(), Pattern.compile("never"), 1 << 20, 1 << 18,
				Duration.ofMinutes(1), 1, 16);
	}

}
