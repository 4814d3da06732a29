package io.iodine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The inputs of a fuzz target that are worth keeping: in the repository a text file with
 * an input a line in hexadecimal, for a fuzzer a directory with an input a file.
 *
 * @param target the class that has {@code fuzzerTestOneInput}
 */
record FuzzCorpus(String target) {

	private static final Path HOME = Path.of("src/test/resources/fuzz");

	List<byte[]> read() throws IOException {
		List<byte[]> inputs = new ArrayList<>();
		for (String line : Files.readAllLines(file())) {
			inputs.add(HexFormat.of().parseHex(line));
		}
		return inputs;
	}

	void unpack(Path directory) throws IOException {
		Files.createDirectories(directory);
		List<byte[]> inputs = read();
		for (int i = 0; i < inputs.size(); i++) {
			Files.write(directory.resolve("seed-" + i), inputs.get(i));
		}
	}

	void pack(Path directory) throws IOException {
		List<String> lines = new ArrayList<>();
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.toList()) {
				lines.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
			}
		}
		lines.sort(null);
		Files.write(file(), lines);
	}

	private Path file() {
		return HOME.resolve(this.target + ".txt");
	}

}
