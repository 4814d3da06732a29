package io.iodine.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What enters the cache, what leaves it, and what becomes of the memory. */
@SuppressWarnings("NullAway.Init")
class ContentCacheTests {

	private static final int SIZE = 100;

	@TempDir
	Path folder;

	private final ContentCache cache = new ContentCache(3 * SIZE, SIZE);

	@Test
	void aFileEntersWithItsSecondRequest() throws IOException {
		Representation file = representation("a", SIZE);

		assertThat(this.cache.admits(file)).isFalse();
		assertThat(this.cache.admits(file)).isTrue();
	}

	@Test
	void aFileOverTheLargestSizeNeverEnters() throws IOException {
		Representation file = representation("large", SIZE + 1);
		this.cache.admits(file);

		assertThat(this.cache.admits(file)).isFalse();
	}

	@Test
	void overTheBoundTheOneUnusedLongestIsForgotten() throws IOException {
		List<Representation> files = new ArrayList<>();
		for (String name : List.of("a", "b", "c")) {
			files.add(keep(name));
		}
		this.cache.used(files.get(0));

		keep("d");

		assertThat(this.cache.size()).isEqualTo(3 * SIZE);
		assertThat(files.get(1).acquire()).isNull();
		assertThat(text(files.get(0))).isEqualTo("a".repeat(SIZE));
		assertThat(text(files.get(2))).isEqualTo("c".repeat(SIZE));
	}

	@Test
	void aFullCacheKeepsWhatIsAskedForMoreOften() throws IOException {
		for (String name : List.of("a", "b", "c")) {
			Representation file = keep(name);
			for (int i = 0; i < 10; i++) {
				this.cache.used(file);
			}
		}
		Representation rare = representation("rare", SIZE);

		assertThat(this.cache.admits(rare)).isFalse();
		assertThat(this.cache.admits(rare)).isFalse();
		assertThat(this.cache.size()).isEqualTo(3 * SIZE);
	}

	@Test
	void whatWasWantedLongAgoMakesRoomInTheEnd() throws IOException {
		for (String name : List.of("a", "b", "c")) {
			for (int i = 0; i < 10; i++) {
				this.cache.used(keep(name));
			}
		}
		Representation wanted = representation("wanted", SIZE);

		int requests = 1;
		while (!this.cache.admits(wanted) && requests < 1000) {
			requests++;
		}

		assertThat(requests).isLessThan(100);
	}

	@Test
	void memoryIsGivenBackAtOnceAndAfterTheLastResponse() throws IOException {
		Representation first = keep("a");
		ByteBuf response = Objects.requireNonNull(first.acquire(), "it is kept");
		for (int i = 0; i < 50; i++) {
			keep("file" + i);
		}

		assertThat(this.cache.usedMemory()).isEqualTo(4 * SIZE);
		assertThat(response.toString(StandardCharsets.US_ASCII)).isEqualTo("a".repeat(SIZE));
		response.release();
		assertThat(this.cache.usedMemory()).isEqualTo(3 * SIZE);
		this.cache.close();
		assertThat(this.cache.usedMemory()).isZero();
	}

	@Test
	void aClosedCacheKeepsNothing() throws IOException {
		this.cache.close();

		Representation late = keep("late");

		assertThat(late.acquire()).isNull();
		assertThat(this.cache.usedMemory()).isZero();
	}

	@Test
	void ofManyFilesThatAreAskedForOnceNoneEnters() throws IOException {
		for (int i = 0; i < 100; i++) {
			assertThat(this.cache.admits(representation("once" + i, SIZE))).isFalse();
		}
	}

	private Representation keep(String name) throws IOException {
		Representation file = representation(name, SIZE);
		this.cache.keep(file, this.cache.read(file.file()));
		return file;
	}

	private Representation representation(String name, int size) throws IOException {
		Path path = this.folder.resolve(name);
		Files.writeString(path, name.substring(0, 1).repeat(size));
		FileResource file = FileResource.at(null, path).orElseThrow();
		return new Representation(file, null, "\"tag\"", new DefaultHttpHeaders(), true);
	}

	private static String text(Representation file) {
		ByteBuf content = Objects.requireNonNull(file.acquire(), "it is kept");
		String text = content.toString(StandardCharsets.US_ASCII);
		content.release();
		return text;
	}

}
