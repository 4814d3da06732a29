package io.iodine.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tests of {@link ConformancePage}. */
class ConformancePageTests {

	private static final List<String> PAGE = List.of("# Conformance", "", "| suite | size | result |", "|---|---|---|",
			"| one | 3 cases | all pass |", "| two | 5 cases | {OK=4, INFORMATIONAL=1} |", "", "Of runs by hand.");

	@Test
	void resultsReplaceTheirRowsAndAreSortedAmongTheOthers() {
		List<String> updated = ConformancePage.update(PAGE, Map.of("two", "6 cases | OK", "suite", "1 case | OK"));

		assertThat(updated).containsSequence("|---|---|---|", "| one | 3 cases | all pass |", "| suite | 1 case | OK |",
				"| two | 6 cases | OK |");
	}

	@Test
	void whatIsAboveAndBelowTheTableStays() {
		List<String> updated = ConformancePage.update(PAGE, Map.of("one", "9 cases | OK"));

		assertThat(updated).startsWith("# Conformance", "", "| suite | size | result |", "|---|---|---|")
			.endsWith("| two | 5 cases | {OK=4, INFORMATIONAL=1} |", "", "Of runs by hand.");
	}

	@Test
	void aTableWithoutRowsAtTheEndGetsTheFirst() {
		assertThat(ConformancePage.update(PAGE.subList(0, 4), Map.of("one", "9 cases | OK"))).endsWith("|---|---|---|",
				"| one | 9 cases | OK |");
	}

	@Test
	void aPageWithoutATableIsNotWritten() {
		assertThatIllegalArgumentException().isThrownBy(() -> ConformancePage.update(PAGE.subList(0, 2), Map.of()));
	}

	@Test
	void thePageOfTheDocumentationStaysAsItIsWithoutResults() throws IOException {
		List<String> page = Files.readAllLines(Path.of(System.getProperty("table")));

		assertThat(ConformancePage.update(page, Map.of())).isEqualTo(page);
	}

}
