package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;
import org.springframework.web.util.HtmlUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the page of properties and beans true. With {@code -Diodine.docs=write} the table
 * of properties is written instead of compared.
 */
class ConfigurationPageTests {

	private static final Path PAGE = Path.of("..", "docs", "configuration.md");

	private static final String PROPERTIES_BEGIN = "<!-- properties: written by ConfigurationPageTests -->\n";

	private static final String PROPERTIES_END = "<!-- end of properties -->\n";

	private static final String BEANS_BEGIN = "| bean | replaced by | what it is |\n";

	@Test
	void theTableOfPropertiesIsThatOfTheMetadata() throws IOException {
		String page = Files.readString(PAGE);
		int begin = page.indexOf(PROPERTIES_BEGIN) + PROPERTIES_BEGIN.length();
		int end = page.indexOf(PROPERTIES_END);

		if ("write".equals(System.getProperty("iodine.docs"))) {
			Files.writeString(PAGE, page.substring(0, begin) + propertyTable() + page.substring(end));
		}
		else {
			assertThat(page.substring(begin, end)).as("run this test with -Diodine.docs=write")
				.isEqualTo(propertyTable());
		}
	}

	@Test
	void everyPropertyIsDescribed() throws IOException {
		assertThat(properties()).isNotEmpty()
			.allSatisfy((property) -> assertThat(property.path("description").asString("")).as(property.toString())
				.endsWith("."));
	}

	@Test
	void theTableOfBeansNamesThoseThatCanBeReplaced() throws IOException {
		String page = Files.readString(PAGE);

		Set<String> documented = page.substring(page.indexOf(BEANS_BEGIN) + BEANS_BEGIN.length())
			.lines()
			.filter((line) -> line.startsWith("| `iodine"))
			.map((line) -> line.substring(0, line.indexOf('|', line.indexOf('|', 1) + 1) + 1))
			.collect(Collectors.toSet());

		assertThat(documented).containsExactlyInAnyOrderElementsOf(replaceableBeans());
	}

	private static String propertyTable() throws IOException {
		StringBuilder table = new StringBuilder("| property | default | what it is |\n|---|---|---|\n");
		for (JsonNode property : properties()) {
			String defaultValue = property.path("defaultValue").asString("");
			table.append("| `").append(property.path("name").asString()).append("` | ");
			table.append(defaultValue.isEmpty() ? "" : "`" + defaultValue.replace("|", "\\|") + "`").append(" | ");
			table.append(HtmlUtils.htmlUnescape(property.path("description").asString("")).replace("|", "\\|"));
			table.append(" |\n");
		}
		return table.toString();
	}

	private static List<JsonNode> properties() throws IOException {
		try (InputStream metadata = Objects.requireNonNull(
				IodineProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
			List<JsonNode> properties = new ArrayList<>();
			JsonMapper.shared().readTree(metadata).path("properties").forEach(properties::add);
			properties.sort(Comparator.comparing((property) -> property.path("name").asString()));
			return properties;
		}
	}

	private static Set<String> replaceableBeans() {
		return ImportCandidates.load(AutoConfiguration.class, IodineProperties.class.getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.iodine."))
			.map((name) -> ClassUtils.resolveClassName(name, IodineProperties.class.getClassLoader()))
			.flatMap((configuration) -> Stream.concat(Stream.of(configuration),
					Stream.of(configuration.getDeclaredClasses())))
			.flatMap((configuration) -> Stream.of(configuration.getDeclaredMethods()))
			.filter((method) -> method.isAnnotationPresent(Bean.class)
					&& method.isAnnotationPresent(ConditionalOnMissingBean.class))
			.map(ConfigurationPageTests::row)
			.collect(Collectors.toSet());
	}

	private static String row(Method bean) {
		ConditionalOnMissingBean condition = bean.getAnnotation(ConditionalOnMissingBean.class);
		String replacement = "`" + type(bean, condition) + "`";
		return "| `" + bean.getName() + "` | " + ((condition.name().length > 0) ? "that name" : replacement) + " |";
	}

	private static String type(Method bean, ConditionalOnMissingBean condition) {
		return (condition.value().length > 0) ? condition.value()[0].getSimpleName()
				: bean.getReturnType().getSimpleName();
	}

}
