package io.iodine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The shape of the house, each rule with its reason. A package is a room; a new one
 * starts with a line in {@link #ARROWS}.
 */
class ArchitectureTests {

	private static final String ROOT = "io.iodine";

	private static final String ROOF = "io.iodine.autoconfigure";

	private static final String FRAME = "io.iodine.connection.frame";

	private static final String FANOUT = "io.iodine.connection.fanout";

	private static final String LIMIT = "io.iodine.connection.limit";

	private static final String HEADER = "io.iodine.header";

	/** Which rooms each room may use. The roof sees all, and nothing sees it. */
	private static final Map<String, Set<String>> ARROWS = Map.ofEntries(Map.entry(ROOT, Set.of()),
			Map.entry("io.iodine.concurrent", Set.of()),
			Map.entry("io.iodine.connection", Set.of(ROOT, "io.iodine.concurrent", FRAME, FANOUT, LIMIT)),
			Map.entry(FRAME, Set.of(ROOT)), Map.entry(FANOUT, Set.of(ROOT, FRAME, "io.iodine.concurrent")),
			Map.entry(LIMIT, Set.of(ROOT, "io.iodine.concurrent")),
			Map.entry("io.iodine.upgrade",
					Set.of(ROOT, "io.iodine.connection", "io.iodine.concurrent", FRAME, LIMIT, HEADER)),
			Map.entry("io.iodine.http", Set.of(ROOT, "io.iodine.connection", "io.iodine.upgrade", FRAME, LIMIT)),
			Map.entry("io.iodine.servlet",
					Set.of(ROOT, "io.iodine.connection", "io.iodine.upgrade", "io.iodine.file", "io.iodine.security",
							FRAME, LIMIT)),
			Map.entry("io.iodine.pubsub", Set.of(ROOT, "io.iodine.concurrent")),
			Map.entry("io.iodine.pubsub.redis", Set.of(ROOT, "io.iodine.pubsub", "io.iodine.concurrent")),
			Map.entry(HEADER, Set.of()), Map.entry("io.iodine.file", Set.of(HEADER, "io.iodine.concurrent")),
			Map.entry("io.iodine.edge", Set.of("io.iodine.concurrent", HEADER)),
			Map.entry("io.iodine.net", Set.of(ROOT, "io.iodine.task")),
			Map.entry("io.iodine.socket",
					Set.of(ROOT, "io.iodine.net", "io.iodine.connection", "io.iodine.concurrent", LIMIT)),
			Map.entry("io.iodine.loop",
					Set.of(ROOT, "io.iodine.net", "io.iodine.task", "io.iodine.socket", "io.iodine.concurrent")),
			Map.entry("io.iodine.pubsub.cluster",
					Set.of(ROOT, "io.iodine.pubsub", "io.iodine.process", "io.iodine.concurrent")),
			Map.entry("io.iodine.process", Set.of(ROOT, "io.iodine.concurrent")),
			Map.entry("io.iodine.accesslog", Set.of(ROOT, "io.iodine.connection", "io.iodine.concurrent", HEADER)),
			Map.entry("io.iodine.task", Set.of(ROOT)),
			Map.entry("io.iodine.timer", Set.of(ROOT, "io.iodine.task", "io.iodine.concurrent")),
			Map.entry("io.iodine.metrics",
					Set.of(ROOT, "io.iodine.concurrent", "io.iodine.connection", "io.iodine.pubsub", "io.iodine.edge",
							"io.iodine.accesslog", "io.iodine.timer", "io.iodine.net", "io.iodine.process", LIMIT)),
			Map.entry("io.iodine.annotation", Set.of(ROOT)), Map.entry("io.iodine.template", Set.of(ROOT)),
			Map.entry("io.iodine.security", Set.of(ROOT, "io.iodine.connection", "io.iodine.upgrade", HEADER)),
			Map.entry("io.iodine.handler", Set.of(ROOT, "io.iodine.annotation", "io.iodine.concurrent")),
			Map.entry("io.iodine.test", Set.of(ROOT, HEADER)));

	private static final JavaClasses LIBRARY = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	private static final JavaClasses LIBRARY_AND_TESTS = new ClassFileImporter().importPackages(ROOT);

	@Test
	void everyPackageIsARoomOfTheTable() {
		check(classes().should()
			.resideInAnyPackage(Stream.concat(ARROWS.keySet().stream(), Stream.of(ROOF)).toArray(String[]::new))
			.because("before a line is written, it is said in which room it lives"));
	}

	@Test
	void roomsUseOnlyTheRoomsTheirArrowsPointTo() {
		ARROWS.forEach((room, allowed) -> {
			String[] seen = Stream.concat(allowed.stream(), Stream.of(room)).toArray(String[]::new);
			check(classes().that()
				.resideInAPackage(room)
				.should()
				.onlyDependOnClassesThat(
						DescribedPredicate.not(resideInAPackage(ROOT + "..")).or(resideInAnyPackage(seen)))
				.because("calls go down the arrows; back they go only through interfaces of the room below"));
		});
	}

	@Test
	void packagesAreFreeOfCycles() {
		check(SlicesRuleDefinition.slices()
			.assignedFrom(new OnePackageEach())
			.should()
			.beFreeOfCycles()
			.because("a room in a knot can't be understood, tested or replaced alone"));
	}

	@Test
	void theWordsNeedNothingButTheJdk() {
		check(classes().that()
			.resideInAnyPackage(ROOT, "io.iodine.net", "io.iodine.task")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage(ROOT, "io.iodine.net", "io.iodine.task", "java..", "javax.net.ssl",
					"org.jspecify.annotations", "org.springframework.stereotype")
			.because("an application compiles against the words alone, whatever works behind them"));
	}

	@Test
	void onlyMetricsAndTheRoofKnowMicrometer() {
		check(onlyIn("io.micrometer..", "io.iodine.metrics", ROOF).because("Micrometer is optional"));
	}

	@Test
	void onlyTheRoofKnowsLogback() {
		check(onlyIn("ch.qos.logback..", ROOF).because("an application may log with another library"));
	}

	@Test
	void onlyTheRedisEngineAndTheRoofKnowLettuce() {
		check(onlyIn("io.lettuce..", "io.iodine.pubsub.redis", ROOF).because("Redis is optional"));
	}

	@Test
	void onlyTheRoofTheMetersAndTheTestKitKnowBoot() {
		check(onlyIn("org.springframework.boot..", ROOF, "io.iodine.metrics", "io.iodine.test")
			.because("Boot is the roof: it puts the rooms together, which work without it"));
	}

	@Test
	void onlyTheTemplateRoomAndTheRoofKnowMustache() {
		check(onlyIn("com.samskivert..", "io.iodine.template", ROOF).because("JMustache is optional"));
	}

	@Test
	void theWordsAndThePubSubDoNotKnowNetty() {
		check(noClasses().that()
			.resideInAnyPackage(ROOT, "io.iodine.pubsub")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.netty..", "reactor..")
			.because("channels and messages are delivered without knowing a socket"));
	}

	@Test
	void decidingUpgradesKnowsNoWebStack() {
		check(noClasses().that()
			.resideInAPackage("io.iodine.upgrade")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.netty..", "reactor..", "jakarta.servlet..", "org.springframework.web.reactive..",
					"org.springframework.web.server..", "org.springframework.web.servlet..",
					"org.springframework.http.server.reactive..")
			.because("WebFlux and servlets decide by the same code"));
	}

	@Test
	void onlyTheServletRoomAndTheRoofKnowServlets() {
		check(onlyIn("jakarta.servlet..", "io.iodine.servlet", ROOF).because("servlets are optional"));
	}

	@Test
	void theInternalsOfEachServletContainerAreKnownToOneClass() {
		check(noClasses().that()
			.resideOutsideOfPackage(ROOF)
			.and()
			.haveNameNotMatching("io.iodine.servlet.TomcatTakeover.*")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.apache.catalina..", "org.apache.coyote..", "org.apache.tomcat..")
			.because("they may change with any release of Tomcat"));
		check(noClasses().that()
			.resideOutsideOfPackage(ROOF)
			.and()
			.haveNameNotMatching("io.iodine.servlet.JettyTakeover.*")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.eclipse.jetty..")
			.because("they may change with any release of Jetty"));
	}

	@Test
	void autoConfigurationsArePublicAndFinal() {
		check(classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.resideInAPackage(ROOF)
			.because("others order themselves before and after them, and nobody extends them"));
	}

	@Test
	void autoConfigurationsHaveNoPublicMembers() {
		check(members().that()
			.areDeclaredInClassesThat()
			.areAnnotatedWith(AutoConfiguration.class)
			.and(areNotConstructors())
			.should()
			.notBePublic()
			.because("what they declare is for the container only"));
	}

	@Test
	void everyAutoConfigurationIsListed() {
		List<String> listed = ImportCandidates.load(AutoConfiguration.class, ArchitectureTests.class.getClassLoader())
			.getCandidates();

		check(classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should(beAmong(listed))
			.because("Boot reads AutoConfiguration.imports and scans nothing"));
	}

	@Test
	void everyPackageIsNullMarked() {
		classes().should(beInANullMarkedPackage())
			.because("null is said in the type or it does not occur")
			.check(LIBRARY_AND_TESTS);
	}

	@Test
	void thingsAreNamedByWhatMakesThemDifferent() {
		noClasses().should()
			.haveNameMatching(".*[.$]((\\w*(Impl|Manager|Utils?|Helper))|((Base|Misc)([A-Z]\\w*)?))")
			.because("such names say that nobody knew what the thing is")
			.check(LIBRARY_AND_TESTS);
	}

	@Test
	void samplesImportOnlyWordsTestKitAndSpring() throws IOException {
		List<String> foreign = new ArrayList<>();

		try (Stream<Path> files = Files.walk(Path.of("..", "samples"))) {
			// neither micro-benchmarks nor the bench are samples, and ahead of time
			// Spring
			// generates sources
			Path generated = Path.of("target");
			for (Path source : files.filter((file) -> file.toString().endsWith(".java"))
				.filter((file) -> !StreamSupport.stream(file.spliterator(), false).anyMatch(generated::equals))
				.filter((file) -> !file.startsWith(Path.of("..", "samples", "benchmark", "micro")))
				.filter((file) -> !file.startsWith(Path.of("..", "samples", "benchmark", "bench")))
				.toList()) {
				Files.readAllLines(source)
					.stream()
					.filter((line) -> source.toString().contains("main"))
					.filter((line) -> line.startsWith("import "))
					.filter((line) -> !line.matches("import (static )?(java|javax\\.crypto|jakarta\\.persistence|"
							+ "org\\.springframework|org\\.jspecify|reactor\\.core)\\..*"))
					.filter((line) -> !line
						.matches("import (static )?io\\.iodine\\.((test|task|net|annotation)\\.)?[A-Z].*"))
					.forEach((line) -> foreign.add(source + ": " + line));
			}
		}

		assertThat(foreign).as("what samples need is by definition the API").isEmpty();
	}

	private static void check(ArchRule rule) {
		rule.check(LIBRARY);
	}

	private static ClassesShouldConjunction onlyIn(String library, String... rooms) {
		return noClasses().that()
			.resideOutsideOfPackages(rooms)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(library);
	}

	private static DescribedPredicate<JavaMember> areNotConstructors() {
		return DescribedPredicate.describe("are not constructors",
				(member) -> !(member instanceof JavaCodeUnit codeUnit && codeUnit.isConstructor()));
	}

	private static ArchCondition<JavaClass> beAmong(List<String> names) {
		return condition("be listed in AutoConfiguration.imports", (type) -> names.contains(type.getName()));
	}

	private static ArchCondition<JavaClass> beInANullMarkedPackage() {
		return condition("be in a package with @NullMarked",
				(type) -> type.getPackage().isAnnotatedWith(NullMarked.class));
	}

	private static ArchCondition<JavaClass> condition(String description, Predicate<JavaClass> inFlightWork) {
		return new ArchCondition<>(description) {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				events.add(new SimpleConditionEvent(type, inFlightWork.test(type),
						type.getFullName() + " should " + description));
			}

		};
	}

	/** Cuts the classes by package, the root package included. */
	private static final class OnePackageEach implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass type) {
			return type.getPackageName().startsWith(ROOT) ? SliceIdentifier.of(type.getPackageName())
					: SliceIdentifier.ignore();
		}

		@Override
		public String getDescription() {
			return "rooms";
		}

	}

}
