package io.iodine.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What tests leave out on a servlet container is documented. */
class DifferenceTests {

	@ParameterizedTest
	@EnumSource
	void eachIsARowOfThePage(Difference difference) throws IOException {
		assertThat(Files.readString(Path.of("..", "docs", "spring-mvc.md"))).contains("| " + difference.row() + " |");
	}

}
