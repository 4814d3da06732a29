package io.iodine.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Rejects a root of public files that contains the configuration, the repository or the
 * application itself.
 */
final class PublicRootCheck {

	private static final String CONFIGURATION = "(application|bootstrap)([-.].*)?\\.(ya?ml|properties)";

	private PublicRootCheck() {
	}

	static void check(String property, String location, Path directory) throws IOException {
		Optional<String> secret = secretIn(directory.toRealPath());
		InvalidIodinePropertyException.unless(secret.isEmpty(), property, location,
				"a directory of nothing but public files: this one holds " + secret.orElse("")
						+ ", which anybody could download");
	}

	private static Optional<String> secretIn(Path root) throws IOException {
		for (String directory : List.of(".git", "WEB-INF")) {
			if (Files.exists(root.resolve(directory))) {
				return Optional.of(directory);
			}
		}
		Optional<String> configuration = configurationIn(root);
		if (configuration.isEmpty() && Files.isDirectory(root.resolve("config"))) {
			configuration = configurationIn(root.resolve("config"));
		}
		return configuration.isPresent() ? configuration : classPathBelow(root);
	}

	private static Optional<String> configurationIn(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.map(Path::getFileName)
				.map(Path::toString)
				.filter((name) -> name.matches(CONFIGURATION))
				.findAny();
		}
	}

	private static Optional<String> classPathBelow(Path root) {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.isEmpty() && isBelow(entry, root))
			.findAny()
			.map((entry) -> "the running application (" + entry + ")");
	}

	private static boolean isBelow(String entry, Path root) {
		try {
			Path path = Path.of(entry);
			return Files.exists(path) && path.toRealPath().startsWith(root);
		}
		catch (IOException | InvalidPathException ex) {
			// an entry that can't be read can't be downloaded either
			return false;
		}
	}

}
