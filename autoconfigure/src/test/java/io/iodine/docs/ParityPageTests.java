package io.iodine.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every behaviour of the list stands on its page once, with tests that exist or a reason.
 */
class ParityPageTests {

	private static final Path ROOT = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

	/** The numbers of the list, which has gaps between its sections. */
	private static final int[][] NUMBERS = { { 1, 16 }, { 20, 33 }, { 40, 70 }, { 80, 96 }, { 100, 132 }, { 140, 148 },
			{ 150, 163 }, { 170, 176 }, { 180, 187 }, { 190, 215 }, { 220, 233 }, { 240, 265 }, { 270, 280 },
			{ 290, 299 }, { 310, 316 }, { 320, 323 }, { 330, 339 }, { 350, 366 }, { 370, 373 }, { 380, 385 },
			{ 390, 399 } };

	private static final Pattern ROW = Pattern.compile("\\| F(\\d{3}) \\| (.+) \\| (.+) \\|");

	private static final Pattern TEST = Pattern.compile("`([A-Za-z0-9/]+(?:Tests|Proof|Fuzz))`");

	@Test
	void everyNumberStandsOnThePageOnceWithTestsThatExist() throws IOException {
		Set<String> classes = testClasses();
		List<Integer> numbers = new ArrayList<>();

		for (String line : Files.readAllLines(ROOT.resolve("docs/parity.md"))) {
			Matcher row = ROW.matcher(line);
			if (row.matches()) {
				numbers.add(Integer.valueOf(row.group(1)));
				List<String> tests = TEST.matcher(row.group(3)).results().map((test) -> test.group(1)).toList();
				assertThat(tests).as(line)
					.allSatisfy((test) -> assertThat(classes).anyMatch((name) -> name.endsWith("/" + test)));
				assertThat(!tests.isEmpty() || row.group(3).startsWith("no")).as("a test or a reason: " + line)
					.isTrue();
			}
		}

		assertThat(numbers).containsExactlyElementsOf(
				Stream.of(NUMBERS).flatMap((range) -> IntStream.rangeClosed(range[0], range[1]).boxed()).toList());
	}

	/** Paths of test classes without their ends. */
	private static Set<String> testClasses() throws IOException {
		try (Stream<Path> library = Files.walk(ROOT.resolve("autoconfigure/src/test/java"));
				Stream<Path> samples = Files.walk(ROOT.resolve("samples"))) {
			return Stream.concat(library, samples)
				.map((file) -> ROOT.relativize(file).toString().replace('\\', '/'))
				.filter((file) -> file.contains("/src/test/java/") && file.endsWith(".java"))
				.map((file) -> file.substring(0, file.length() - ".java".length()))
				.collect(Collectors.toSet());
		}
	}

}
