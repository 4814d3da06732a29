package io.iodine.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Java code on the pages of {@code docs} is a tagged region of compiled code, and
 * their links lead somewhere.
 */
class DocumentationTests {

	private static final Path ROOT = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

	private static final Path EXAMPLES = ROOT.resolve("autoconfigure/src/test/java/io/iodine/docs");

	private static final Pattern EXAMPLE = Pattern.compile("<!-- code: (\\S+) (\\S+) -->\\n```java\\n(.*?)\\n```",
			Pattern.DOTALL);

	private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]+)?(?:#([^)\\s]+))?\\)");

	@Test
	void everyMarkedExampleIsARegionOfCompiledCode() throws IOException {
		int examples = 0;
		for (Path page : pages()) {
			Matcher example = EXAMPLE.matcher(Files.readString(page));
			while (example.find()) {
				examples++;
				assertThat(example.group(3)).as("%s: %s", page.getFileName(), example.group(2))
					.isEqualTo(region(EXAMPLES.resolve(example.group(1)), example.group(2)));
			}
		}

		assertThat(examples).isGreaterThan(10);
	}

	@Test
	void everyLinkOfAPageLeadsToAFileAndAHeading() throws IOException {
		for (Path page : pages()) {
			Matcher link = LINK.matcher(Files.readString(page).replaceAll("`[^`\n]*`", ""));
			while (link.find()) {
				Path target = (link.group(1) != null) ? page.resolveSibling(link.group(1)).normalize() : page;
				assertThat(target).as("%s: %s", page.getFileName(), link.group()).exists();
				if (link.group(2) != null && target.toString().endsWith(".md")) {
					assertThat(anchors(target)).as("%s: %s", page.getFileName(), link.group()).contains(link.group(2));
				}
			}
		}
	}

	private static List<Path> pages() throws IOException {
		try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
			return pages.filter((page) -> page.toString().endsWith(".md")).sorted().toList();
		}
	}

	private static String region(Path file, String tag) throws IOException {
		List<String> lines = Files.readAllLines(file);
		int start = indexOf(lines, "// tag::" + tag + "[]");
		int end = indexOf(lines, "// end::" + tag + "[]");
		assertThat(start).as("region %s of %s", tag, file).isNotNegative().isLessThan(end);
		return lines.subList(start + 1, end)
			.stream()
			.filter((line) -> !line.strip().startsWith("// tag::") && !line.strip().startsWith("// end::"))
			.collect(Collectors.joining("\n"))
			.stripIndent()
			.strip();
	}

	private static int indexOf(List<String> lines, String marker) {
		for (int i = 0; i < lines.size(); i++) {
			if (lines.get(i).strip().equals(marker)) {
				return i;
			}
		}
		return -1;
	}

	/** The anchors of a page's headings, as GitHub makes them. */
	private static List<String> anchors(Path page) throws IOException {
		return Files.readAllLines(page)
			.stream()
			.filter((line) -> line.matches("#{1,6} .*"))
			.map((line) -> line.replaceFirst("^#+ ", "")
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^\\p{L}\\p{N} _-]", "")
				.replace(' ', '-'))
			.toList();
	}

}
