package io.iodine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Code, properties and pages use the field's words. A word that was given up for a
 * standard one must not come back.
 */
class VocabularyTests {

	private static final Path ROOT = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

	/** Names of classes that were replaced by standard ones. */
	private static final Set<String> RETIRED_CLASSES = Set.of("Gate", "Pass", "Wire", "Outbox", "Backlog", "Inbox",
			"Ration", "Inflow", "CallbackQueue", "HandlerCalls", "DueCallbacks", "Lane", "LoopChannel", "Follower",
			"Followers", "ChannelPast", "Missed", "Untold", "Holds", "Batches", "Departure", "Goodbye", "PingTimes",
			"Inward", "Outward", "Session", "Pulse", "BackOff", "Places", "Losses", "Refusals", "Loss", "LoopWatch",
			"Resets", "Octets", "IdleGuard", "ContentMemory", "Attempts", "Upgrades", "Terms", "Refusal", "Refused",
			"Rejection", "AnswerWriter", "AnswerAdapter", "JsonValues", "JsonBytes", "CloseDeadline",
			"BinarySubscriptions", "CatchUpState", "SharedPositions", "CallerCheck", "ArticleLoop", "ChannelStream",
			"FileLane", "FileLaneInstaller", "SendFileAnswer", "FileAnswer", "BlockingFiles", "Results", "HistoryCheck",
			"Availability", "NamedFileFilter", "NamedFileResponse", "UpgradeResponse", "Opening", "SingleResult",
			"EventStreamPort", "FirstHandler", "OpenSockets", "IodineGuardAutoConfiguration", "KeepAlive",
			"UnfinishedWork", "UnservedAnswer", "UnservedAnswerHandler", "UnservedAnswersModule", "OnPropertyOrAhead",
			"LifecycleEvents", "UpgradeRequiredAnswer");

	private static final Pattern RETIRED_PHRASES = Pattern.compile(
			"(?i)\\b(outbox|inbox|goodbyes?|going\\s+away|whoever|nobody|somebody|lets?\\s+go\\s+of|deaf|patience)\\b");

	private static final Pattern RETIRED_IDENTIFIERS = Pattern
		.compile("\\b(sendAway|farewell|areOfHttp|hearOthers|complain\\w*|goodbye\\w*|stranger)\\b");

	@Test
	void noIdentifierIsAMetaphor() throws IOException {
		assertThat(sources("autoconfigure/src/main/java")).allSatisfy((file) -> {
			String text = Files.readString(file);
			assertThat(RETIRED_IDENTIFIERS.matcher(text).results().map((match) -> match.group()).toList())
				.as("retired identifiers of %s", ROOT.relativize(file))
				.isEmpty();
		});
	}

	@Test
	void noClassHasANameThatWasReplaced() throws IOException {
		assertThat(sources("autoconfigure/src/main/java")).extracting(VocabularyTests::simpleName)
			.doesNotContainAnyElementsOf(RETIRED_CLASSES);
	}

	@Test
	void noSimpleNameOccursTwice() throws IOException {
		assertThat(sources("autoconfigure/src/main/java")).extracting(VocabularyTests::simpleName)
			.filteredOn((name) -> !name.equals("package-info"))
			.doesNotHaveDuplicates();
	}

	@Test
	void codeAndPropertiesAvoidRetiredPhrases() throws IOException {
		assertThat(sources("autoconfigure/src/main/java")).allSatisfy(VocabularyTests::isPlain);
	}

	@Test
	void pagesAvoidRetiredPhrases() throws IOException {
		assertThat(sources("docs")).isNotEmpty().allSatisfy(VocabularyTests::isPlain);
		isPlain(ROOT.resolve("README.md"));
	}

	private static void isPlain(Path file) {
		try {
			String text = Files.readString(file).replaceAll("\\s+\\*\\s+", " ");
			assertThat(RETIRED_PHRASES.matcher(text).results().map((match) -> match.group()).toList())
				.as("retired words of %s", ROOT.relativize(file))
				.isEmpty();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static List<Path> sources(String folder) throws IOException {
		try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
			return files.filter((file) -> file.toString().endsWith(".java") || file.toString().endsWith(".md"))
				.sorted()
				.toList();
		}
	}

	private static String simpleName(Path file) {
		return file.getFileName().toString().replace(".java", "");
	}

}
