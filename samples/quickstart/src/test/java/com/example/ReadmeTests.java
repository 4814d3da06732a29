package com.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the README shows is what is built here.
 */
class ReadmeTests {

	private static final Path REPOSITORY = Path.of("..", "..");

	@Test
	void theApplicationShownIsTheOneOfThisSample() throws IOException {
		String source = Files.readString(Path.of("src", "main", "java", "com", "example", "ChatApplication.java"));

		String region = source.substring(source.indexOf('\n', source.indexOf("// tag::application[]")) + 1,
				source.indexOf("// end::application[]"));

		assertThat(readme()).contains("```java\n" + region.replace("\t", "  ") + "```");
	}

	@Test
	void thePageShownIsTheOneOfThisSample() throws IOException {
		String page = Files.readString(Path.of("src", "main", "resources", "static", "index.html"));

		assertThat(readme()).contains("```html\n" + page + "```");
	}

	@Test
	void theVersionShownIsTheOneBuilt() throws IOException {
		String version = first("<version>(.*?)</version>", Files.readString(REPOSITORY.resolve("pom.xml")));

		String shown = first("<artifactId>iodine-spring-boot-starter</artifactId>\\s*<version>(.*?)</version>",
				readme());

		assertThat(shown).isEqualTo(version);
	}

	@Test
	void thePropertiesShownExist() throws IOException {
		String metadata = Files
			.readString(REPOSITORY.resolve("autoconfigure/target/classes/META-INF/spring-configuration-metadata.json"));

		List<String> shown = all("`(iodine\\.[a-z.-]+)`", readme());

		assertThat(shown).isNotEmpty()
			.allSatisfy((property) -> assertThat(metadata).contains("\"name\": \"" + property + "\""));
	}

	@Test
	void theLinksLeadSomewhere() throws IOException {
		List<String> links = all("\\]\\(([^):#]+)(?:#[^)]*)?\\)", readme());

		assertThat(links).isNotEmpty().allSatisfy((link) -> assertThat(REPOSITORY.resolve(link)).exists());
	}

	private static String readme() throws IOException {
		return Files.readString(REPOSITORY.resolve("README.md"));
	}

	private static String first(String pattern, String text) {
		return all(pattern, text).get(0);
	}

	private static List<String> all(String pattern, String text) {
		return Pattern.compile(pattern).matcher(text).results().map((result) -> result.group(1)).toList();
	}

}
