package io.iodine.autoconfigure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/** Properties are bound only where some are set, and are the same as if they were. */
class DefaultPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(JacksonAutoConfiguration.class, IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class,
				IodineClusterAutoConfiguration.class, IodineConnectionAutoConfiguration.class,
				IodineTimerAutoConfiguration.class, IodineSocketAutoConfiguration.class));

	static Stream<Class<?>> records() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
		return scanner.findCandidateComponents("io.iodine.autoconfigure")
			.stream()
			.<Class<?>>map((found) -> ClassUtils.resolveClassName(Objects.requireNonNull(found.getBeanClassName()),
					getSystemClassLoader()))
			.filter(Class::isRecord);
	}

	private static ClassLoader getSystemClassLoader() {
		return DefaultPropertiesTests.class.getClassLoader();
	}

	@Test
	void theyAreFound() {
		assertThat(records()).contains(IodineProperties.class, ClusterProperties.class).hasSizeGreaterThan(12);
	}

	@ParameterizedTest
	@MethodSource("records")
	void eachEqualsWhatIsBoundOfNothing(Class<?> type) {
		Object bound = new Binder().bindOrCreate("a", Bindable.of(type));

		assertThat((Object) DefaultProperties.of(type)).usingRecursiveComparison()
			.withStrictTypeChecking()
			.withEqualsForType((one, other) -> one.pattern().equals(other.pattern()), Pattern.class)
			.isEqualTo(bound);
	}

	@Test
	void everyPropertyInEverySpellingIsSeen() throws IOException {
		Set<String> prefixes = new TreeSet<>();
		records().forEach((type) -> prefixes.add(type.getAnnotation(ConfigurationProperties.class).value()));
		List<String> unseen = new ArrayList<>();
		Set<ConfigurationPropertyName> names = KnownProperties.of(getSystemClassLoader()).types().keySet();

		for (ConfigurationPropertyName name : names) {
			for (PropertySource<?> source : spellings(name.toString())) {
				Environment environment = environment(source);
				prefixes.stream()
					.filter((prefix) -> ConfigurationPropertyName.of(prefix).isAncestorOf(name))
					.filter((prefix) -> DefaultProperties.isUnset(environment, prefix))
					.forEach((prefix) -> unseen.add(source.getSource() + " below " + prefix));
			}
		}

		assertThat(names).hasSizeGreaterThan(100);
		assertThat(unseen).isEmpty();
	}

	@Test
	void aSourceThatListsNothingMayHaveAny() {
		PropertySource<?> closed = new PropertySource<>("closed", "source") {

			@Override
			public @Nullable Object getProperty(String name) {
				return name.equals("iodine.timers.max") ? "7" : null;
			}

		};
		Environment environment = environment(closed);

		IodineTimerProperties properties = DefaultProperties.bind(environment, "iodine.timers",
				IodineTimerProperties.class);

		assertThat(properties.max()).isEqualTo(7);
	}

	@Test
	void aValueOfThePrefixItselfIsSeen() {
		Environment environment = environment(new MapPropertySource("test", Map.of("iodine.cluster", "2")));

		assertThat(DefaultProperties.isUnset(environment, "iodine.cluster")).isFalse();
	}

	@Test
	void nothingIsBoundWhereNothingIsSet() {
		Set<String> bound = new ConcurrentSkipListSet<>();

		this.runner.withBean(ConfigurationPropertiesBindHandlerAdvisor.class, () -> recorder(bound))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(IodineTimerProperties.class));

		assertThat(bound).noneMatch((name) -> name.startsWith("iodine"));
	}

	@Test
	void onlyWhatIsSetIsBound() {
		Set<String> bound = new ConcurrentSkipListSet<>();

		this.runner.withBean(ConfigurationPropertiesBindHandlerAdvisor.class, () -> recorder(bound))
			.withInitializer((context) -> TestPropertyValues.of("IODINE_TIMERS_MAX=7")
				.applyTo(context.getEnvironment(), TestPropertyValues.Type.SYSTEM_ENVIRONMENT))
			.run((context) -> assertThat(context.getBean(IodineTimerProperties.class).max()).isEqualTo(7));

		assertThat(bound).contains("iodine.timers.max").noneMatch((name) -> name.startsWith("iodine.cluster"));
	}

	@ParameterizedTest
	@CsvSource({ "IODINE_WORKERS, 99999", "IODINE_CLUSTER_MAXFAILURES, 0", "IODINE_TIMERS_MAX, 0",
			"IODINE_NAMEDCLIENTS_MAXPARKED, -1", "IODINE_LISTENERS_A_HANDLER, none", "IODINE_CLIENTS_A_MINDELAY, 0s",
			"IODINE_JSON_LENIENT, perhaps", "IODINE_SHUTDOWN_TIMEOUT, -1s", "IODINE_PUBSUB_HISTORY_SIZE, 0" })
	void aBadValueOfAnyTopicFailsTheStart(String variable, String value) {
		this.runner
			.withInitializer((context) -> TestPropertyValues.of(variable + "=" + value)
				.applyTo(context.getEnvironment(), TestPropertyValues.Type.SYSTEM_ENVIRONMENT))
			.run((context) -> assertThat(context).hasFailed());
	}

	private static ConfigurationPropertiesBindHandlerAdvisor recorder(Set<String> bound) {
		return (handler) -> new AbstractBindHandler(handler) {

			@Override
			public <T> Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
				bound.add(name.toString());
				return Objects.requireNonNull(super.onStart(name, target, context));
			}

		};
	}

	private static List<PropertySource<?>> spellings(String name) {
		String variable = name.replace(".", "_").replace("-", "").toUpperCase(Locale.ROOT);
		String dashes = name.replace(".", "_").replace("-", "_").toUpperCase(Locale.ROOT);
		return List.of(new MapPropertySource("test", Map.of(name, "1")),
				new MapPropertySource("test", Map.of(name.toUpperCase(Locale.ROOT), "1")),
				new MapPropertySource("test", Map.of(name.replace("-", "_"), "1")),
				new MapPropertySource("test", Map.of(name + "[0]", "1")),
				new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(variable, "1")),
				new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(dashes, "1")));
	}

	private static Environment environment(PropertySource<?> source) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(source);
		ConfigurationPropertySources.attach(environment);
		return environment;
	}

}
