package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

	/** The topics of the page; a property is one of the topic with its longest prefix. */
	private static final List<Topic> TOPICS = List.of(
			new Topic("Application and threads", "", "iodine.", "iodine.command-line", "iodine.unknown-properties"),
			new Topic("Connections", "connections.md", "iodine.ping", "iodine.close-timeout", "iodine.max-message-size",
					"iodine.on-handler-error", "iodine.timeout"),
			new Topic("Upgrade requests", "upgrades.md", "iodine.allow", "iodine.upgrade-timeout"),
			new Topic("Limits and slow readers", "limits.md", "iodine.connections", "iodine.rate", "iodine.send-queue",
					"iodine.receive-queue"),
			new Topic("Compression", "compression.md", "iodine.compression"),
			new Topic("Graceful shutdown", "shutdown.md", "iodine.shutdown"),
			new Topic("Publish and subscribe", "pubsub.md", "iodine.pubsub"),
			new Topic("History", "history.md", "iodine.pubsub.history"),
			new Topic("Presence", "presence.md", "iodine.pubsub.presence"),
			new Topic("Redis", "redis.md", "iodine.redis", "iodine.pubsub.redis"),
			new Topic("Process cluster", "cluster.md", "iodine.cluster", "management.endpoint.cluster"),
			new Topic("Typed handlers and JSON", "typed-handlers.md", "iodine.handler", "iodine.json"),
			new Topic("Browser client", "browser-client.md", "iodine.browser-client"),
			new Topic("Security", "security.md", "iodine.security"),
			new Topic("Static files", "static-files.md", "iodine.static", "iodine.public"),
			new Topic("Templates", "templates.md", "iodine.templates"), new Topic("HTTP", "http.md", "iodine.http"),
			new Topic("TLS", "#tls", "iodine.tls", "iodine.debug"),
			new Topic("Sockets", "sockets.md", "iodine.listeners"),
			new Topic("Clients", "clients.md", "iodine.clients"),
			new Topic("Named clients", "named-clients.md", "iodine.named-clients"),
			new Topic("Timers", "timers.md", "iodine.timers"),
			new Topic("Access log", "access-log.md", "iodine.access-log"), new Topic("Observability", "metrics.md",
					"iodine.actuator", "iodine.observations", "iodine.request-id", "management.endpoint.iodine"));

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
		Map<Topic, StringBuilder> tables = new LinkedHashMap<>();
		TOPICS.forEach((topic) -> tables.put(topic, new StringBuilder()));
		for (JsonNode property : properties()) {
			row(property, Objects.requireNonNull(tables.get(Topic.of(property.path("name").asString()))));
		}
		StringBuilder page = new StringBuilder();
		tables.forEach((topic, rows) -> page.append("\n### ")
			.append(topic.heading())
			.append("\n\n| property | default | what it is |\n|---|---|---|\n")
			.append(rows));
		return page.append('\n').toString();
	}

	private static void row(JsonNode property, StringBuilder table) {
		String defaultValue = property.path("defaultValue").asString("");
		table.append("| `").append(property.path("name").asString()).append("` | ");
		table.append(defaultValue.isEmpty() ? "" : "`" + defaultValue.replace("|", "\\|") + "`").append(" | ");
		table.append(HtmlUtils.htmlUnescape(property.path("description").asString("")).replace("|", "\\|"));
		table.append(" |\n");
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

	/**
	 * A topic of the page.
	 *
	 * @param title its title
	 * @param page the page that explains it; empty for this one
	 * @param prefixes what the names of its properties begin with
	 */
	private record Topic(String title, String page, List<String> prefixes) {

		Topic(String title, String page, String... prefixes) {
			this(title, page, List.of(prefixes));
		}

		static Topic of(String property) {
			return TOPICS.stream().max(Comparator.comparing((topic) -> topic.match(property))).orElseThrow();
		}

		private int match(String property) {
			return this.prefixes.stream().filter(property::startsWith).mapToInt(String::length).max().orElse(0);
		}

		String heading() {
			return this.page.isEmpty() ? this.title : "[" + this.title + "](" + this.page + ")";
		}

	}

}
