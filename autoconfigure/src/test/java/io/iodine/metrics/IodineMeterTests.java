package io.iodine.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the page of meters true. With {@code -Diodine.docs=write} the table is written
 * instead of compared.
 */
class IodineMeterTests {

	private static final Path PAGE = Path.of("..", "docs", "metrics.md");

	private static final String BEGIN = "<!-- meters: checked by IodineMeterTests -->\n";

	private static final String END = "<!-- end of meters -->\n";

	@Test
	void theTableOfMetersIsThatOfTheEnum() throws IOException {
		String page = Files.readString(PAGE);
		int begin = page.indexOf(BEGIN) + BEGIN.length();
		int end = page.indexOf(END);

		if ("write".equals(System.getProperty("iodine.docs"))) {
			Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
		}
		else {
			assertThat(page.substring(begin, end)).as("run this test with -Diodine.docs=write").isEqualTo(table());
		}
	}

	@Test
	void namesAreLowerCaseAndUnique() {
		List<String> names = Stream.of(IodineMeter.values()).map(IodineMeter::meterName).toList();

		assertThat(names).doesNotHaveDuplicates().allMatch((name) -> name.matches("iodine(\\.[a-z]+(-[a-z]+)*)+"));
	}

	private static String table() {
		return "| meter | kind | tags | what it says |\n|---|---|---|---|\n"
				+ Stream.of(IodineMeter.values()).map(IodineMeterTests::row).collect(Collectors.joining());
	}

	private static String row(IodineMeter meter) {
		String tags = meter.tags().stream().map((tag) -> "`" + tag + "`").collect(Collectors.joining(", "));
		return "| `" + meter.meterName() + "` | " + meter.type().name().toLowerCase(Locale.ROOT) + " | " + tags + " | "
				+ meter.description() + " |\n";
	}

}
