package io.iodine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lets Jazzer look for inputs that are read wrong, each target for as long as
 * {@code fuzz.seconds} says, and keeps the smallest set that reaches as much code as all
 * it found. Profile {@code fuzz}.
 */
class FuzzLongRun {

	static final String WEB_SOCKET = "io.iodine.connection.WebSocketFuzz";

	static final String EVENT_STREAM = "io.iodine.connection.frame.EventStreamFuzz";

	static final String REQUEST = "io.iodine.edge.RequestFuzz";

	static final String PATH = "io.iodine.file.PathFuzz";

	static final String GLOB = "io.iodine.pubsub.GlobFuzz";

	/** Inputs are small, so that the corpus is. */
	private static final int LONGEST = 512;

	@ParameterizedTest
	@ValueSource(strings = { WEB_SOCKET, EVENT_STREAM, REQUEST, PATH, GLOB })
	void noInputIsReadWrong(String target, @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path work) throws Exception {
		FuzzCorpus corpus = new FuzzCorpus(target);
		Path seeds = work.resolve("seeds");
		Path found = Files.createDirectories(work.resolve("found"));
		Path kept = Files.createDirectories(work.resolve("kept"));
		corpus.unpack(seeds);

		int fuzzed = jazzer(work, target, "-max_total_time=" + Integer.getInteger("fuzz.seconds", 600),
				"-max_len=" + LONGEST, "-print_final_stats=1", found.toString(), seeds.toString());
		int merged = jazzer(work, target, "-set_cover_merge=1", kept.toString(), seeds.toString(), found.toString());

		assertThat(fuzzed).as("%s, whose input is in %s", target, work).isZero();
		assertThat(merged).isZero();
		corpus.pack(kept);
	}

	private int jazzer(Path work, String target, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of(launcher(work).toString(), "--target_class=" + target,
				"--instrumentation_includes=io.iodine.**", "--custom_hook_includes=io.iodine.**",
				"--reproducer_path=" + work, "-artifact_prefix=" + work + "/"));
		command.addAll(List.of(arguments));
		ProcessBuilder jazzer = new ProcessBuilder(command).inheritIO();
		jazzer.environment().merge("PATH", work.toString(), (path, first) -> first + File.pathSeparator + path);
		return jazzer.start().waitFor();
	}

	/** The program that Jazzer starts by name when it merges. */
	private Path launcher(Path work) throws IOException {
		Path launcher = work.resolve("jazzer");
		Files.writeString(launcher, """
				#!/bin/sh
				exec '%s/bin/java' -Xmx1g -XX:+UseSerialGC -cp '%s' com.code_intelligence.jazzer.Jazzer "$@"
				""".formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
		Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
		return launcher;
	}

}
