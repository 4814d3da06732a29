package io.iodine.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

import io.iodine.autoconfigure.FileServer.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Strong validators: another content has another tag, whatever its time says. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class FileVersionTests {

	private static final FileTime LONG_AGO = FileTime.from(Instant.parse("1980-01-01T00:00:01Z"));

	@TempDir
	Path root;

	@Test
	void aFileRewrittenInPlaceWithItsOldSizeAndTimeHasAnotherTag() throws IOException {
		write(this.root, "release one");
		try (FileServer server = FileServer.serving(this.root)) {
			String tag = tag(server);
			write(this.root, "release two");

			Answer answer = awaitOther(server, tag);

			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("release two");
			assertThat(answer.header("last-modified")).isEqualTo("Tue, 01 Jan 1980 00:00:01 GMT");
		}
	}

	@Test
	void theSameContentHasTheSameTagOnEveryMachine() throws IOException {
		Path one = Files.createDirectory(this.root.resolve("one"));
		Path two = Files.createDirectory(this.root.resolve("two"));
		write(one, "same");
		write(two, "same");
		Files.setLastModifiedTime(two.resolve("a.txt"), FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));

		try (FileServer first = FileServer.serving(one); FileServer second = FileServer.serving(two)) {
			assertThat(tag(first)).isEqualTo(tag(second));
		}
	}

	@Test
	void aLargeFileReplacedWithinTheSecondHasAnotherTag() throws IOException {
		Instant second = Instant.parse("2026-01-01T00:00:00Z");
		String large = "x".repeat(300_000);
		write(this.root, large);
		Files.setLastModifiedTime(this.root.resolve("a.txt"), FileTime.from(second.plusNanos(1_000)));
		try (FileServer server = FileServer.serving(this.root)) {
			String tag = tag(server);
			write(this.root, large);
			Files.setLastModifiedTime(this.root.resolve("a.txt"), FileTime.from(second.plusNanos(2_000)));

			assertThat(awaitOther(server, tag).header("last-modified")).isEqualTo("Thu, 01 Jan 2026 00:00:00 GMT");
		}
	}

	private static void write(Path folder, String content) throws IOException {
		Files.writeString(folder.resolve("a.txt"), content);
		Files.setLastModifiedTime(folder.resolve("a.txt"), LONG_AGO);
	}

	private static String tag(FileServer server) throws IOException {
		return Objects.requireNonNull(server.get("/a.txt").header("etag"), "a file has a tag");
	}

	private static Answer awaitOther(FileServer server, String tag) throws IOException {
		Answer answer = server.get("/a.txt", "If-None-Match: " + tag);
		long deadline = System.nanoTime() + 20_000_000_000L;
		while (answer.status() == 304) {
			assertThat(System.nanoTime()).as("time until the change shows").isLessThan(deadline);
			LockSupport.parkNanos(10_000_000); // the pace of the client
			answer = server.get("/a.txt", "If-None-Match: " + tag);
		}
		return answer;
	}

}
