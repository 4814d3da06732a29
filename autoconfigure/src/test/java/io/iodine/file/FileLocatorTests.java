package io.iodine.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.FileSystemResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What a root holds and what it doesn't, links and other file systems included. */
@SuppressWarnings("NullAway.Init")
class FileLocatorTests {

	private static final int EXCHANGES = 3_000;

	@TempDir
	Path folder;

	Path root;

	Path outside;

	@BeforeEach
	void folders() throws IOException {
		this.root = Files.createDirectory(this.folder.resolve("root")).toRealPath();
		this.outside = Files.createDirectory(this.folder.resolve("outside")).toRealPath();
		Files.createDirectory(this.root.resolve("d"));
		Files.writeString(this.root.resolve("d/f.txt"), "public");
		Files.writeString(this.outside.resolve("f.txt"), "SECRET");
	}

	@Test
	void aLinkThatStaysInTheRootIsFollowed() throws IOException {
		Files.createSymbolicLink(this.root.resolve("link"), Path.of("d"));

		assertThat(found("/link/f.txt", false)).contains(this.root.resolve("d/f.txt"));
	}

	@Test
	void aLinkOutOfTheRootIsFollowedOnlyWhenToldSo() throws IOException {
		Files.createSymbolicLink(this.root.resolve("out"), this.outside);

		assertThat(found("/out/f.txt", false)).isEmpty();
		assertThat(found("/out/f.txt", true)).contains(this.outside.resolve("f.txt"));
	}

	@Test
	void whatIsFoundIsOpenedBelowTheRootUnlessLinksMayLeadOut() throws IOException {
		RequestPath path = RequestPath.ofTarget("/d/f.txt");

		assertThat(new FileLocator(this.root, false).locate(path).orElseThrow().root()).isEqualTo(this.root);
		assertThat(new FileLocator(this.root, true).locate(path).orElseThrow().root()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { ".git/config", "a/.env", ".well-known/.hidden" })
	void aLinkToAHiddenNameIsNoFile(String hidden) throws IOException {
		Path target = this.root.resolve(hidden);
		Files.createDirectories(target.resolveSibling("."));
		Files.writeString(target, "hidden");
		Files.createSymbolicLink(this.root.resolve("shown"), target);

		assertThat(found("/shown", false)).isEmpty();
		assertThat(found("/shown", true)).isPresent();
	}

	@Test
	void aDirectoryThatWasExchangedForALinkIsNotReadThrough() throws IOException {
		Path file = this.root.resolve("d/f.txt");
		Files.move(this.root.resolve("d"), this.root.resolve("away"));
		Files.createSymbolicLink(this.root.resolve("d"), this.outside);
		FileResource secret = FileResource.at(null, this.outside.resolve("f.txt")).orElseThrow();

		assertThatExceptionOfType(StaleFileException.class).isThrownBy(() -> FileResource.at(this.root, file));
		assertThatExceptionOfType(StaleFileException.class).isThrownBy(() -> OpenFile
			.open(new FileResource(this.root, file, secret.size(), secret.modified(), secret.changed(), secret.key())));
	}

	@Test
	void aFileSystemWithoutHandlesComparesTheRealPathAfterwards() throws IOException {
		try (FileSystem windows = Jimfs.newFileSystem(Configuration.windows())) {
			Path www = Files.createDirectories(windows.getPath("C:\\www\\d"));
			Path secrets = Files.createDirectories(windows.getPath("C:\\secrets"));
			Files.writeString(www.resolve("f.txt"), "public");
			Files.writeString(secrets.resolve("f.txt"), "SECRET");
			Path parent = windows.getPath("C:\\www");
			FileResource file = FileResource.at(parent, www.resolve("f.txt")).orElseThrow();
			assertThat(content(file)).isEqualTo("public");
			Files.move(www, parent.resolve("away"));
			Files.createSymbolicLink(www, secrets);

			assertThatExceptionOfType(StaleFileException.class).isThrownBy(() -> content(file));
			assertThatExceptionOfType(StaleFileException.class)
				.isThrownBy(() -> FileResource.at(parent, www.resolve("f.txt")));
		}
	}

	@Test
	@Timeout(60)
	void noContentFromOutsideIsReadWhileADirectoryIsExchangedForALink() throws Exception {
		FileLocator locator = new FileLocator(this.root, false);
		Files.createSymbolicLink(this.root.resolve("link"), this.outside);
		AtomicBoolean over = new AtomicBoolean();
		CompletableFuture<Void> exchanges = CompletableFuture.runAsync(() -> {
			try {
				for (int i = 0; i < EXCHANGES; i++) {
					exchange();
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				over.set(true);
			}
		});

		int read = 0;
		while (!over.get()) {
			try {
				Optional<FileResource> file = locator.locate(RequestPath.ofTarget("/d/f.txt"));
				if (file.isPresent()) {
					assertThat(content(file.get())).isEqualTo("public");
					read++;
				}
			}
			catch (StaleFileException | NoSuchFileException ex) {
				// the next look
			}
		}

		exchanges.join();
		assertThat(read).isPositive();
	}

	@ParameterizedTest
	@CsvSource({ "/a.txt,true", "/A.TXT,true", "/C:/Windows/win.ini,false", "/C%3A/Windows/win.ini,false",
			"/c:win.ini,false", "/a.txt::$DATA,false", "/CON,false", "/..%5cWindows/win.ini,false", "/sub/GIT~1,false",
			"/sub/.git,false", "/sub/b.txt,true" })
	void onWindowsANameIsNothingButAName(String target, boolean isFile) throws IOException {
		try (FileSystem windows = Jimfs.newFileSystem(Configuration.windows())) {
			Files.createDirectories(windows.getPath("C:\\www\\sub"));
			Files.createDirectories(windows.getPath("C:\\Windows"));
			for (String file : new String[] { "www\\a.txt", "www\\sub\\b.txt", "www\\sub\\.git", "www\\sub\\GIT~1",
					"Windows\\win.ini", "win.ini" }) {
				Files.writeString(windows.getPath("C:\\" + file), "content");
			}
			for (boolean followLinks : new boolean[] { false, true }) {
				FileLocator locator = new FileLocator(windows.getPath("C:\\www"), followLinks);

				assertThat(locator.locate(RequestPath.ofTarget(target)).isPresent())
					.as("%s, following links: %s", target, followLinks)
					.isEqualTo(isFile);
			}
		}
	}

	@Test
	void onWindowsALinkToAHiddenNameInAFolderIsNoFile() throws IOException {
		try (FileSystem windows = Jimfs.newFileSystem(Configuration.windows())) {
			Path sub = Files.createDirectories(windows.getPath("C:\\www\\sub"));
			Files.writeString(sub.resolve(".env"), "hidden");
			Files.createSymbolicLink(sub.resolve("shown"), sub.resolve(".env"));
			FileLocator locator = new FileLocator(windows.getPath("C:\\www"), false);

			assertThat(locator.locate(RequestPath.ofTarget("/sub/shown"))).isEmpty();
		}
	}

	@Test
	void aFileIsNamedByTheApplicationBelowTheRootOnly() throws IOException {
		Path link = Files.createSymbolicLink(this.folder.resolve("www"), this.root);
		FileLocator locator = new FileLocator(link, false);
		Path file = this.root.resolve("d/f.txt");
		Files.writeString(this.root.resolve("index.html"), "home");

		for (Path named : List.of(Path.of("d/f.txt"), Path.of("e/../d/./f.txt"), file, link.resolve("d/f.txt"),
				link.resolve("e/../d/f.txt"))) {
			assertThat(locator.locate(named).map(FileResource::path)).as(named.toString()).contains(file);
		}
		for (Path named : List.of(Path.of(""), Path.of("d"), Path.of("x"), Path.of("../outside/f.txt"), this.root, link,
				this.outside.resolve("f.txt"), link.resolve("../outside/f.txt"))) {
			assertThat(locator.locate(named)).as(named.toString()).isEmpty();
		}
		assertThat(locator.root()).isEqualTo(this.root);
	}

	@Test
	void anEmptyPathThatIsNoDirectoryIsNoFile() throws IOException {
		Files.writeString(this.root.resolve("index.html"), "home");

		assertThat(found("/", false)).isPresent();
		assertThat(
				new FileLocator(this.root, false).locate(new RequestPath(RequestPath.Verdict.PATH, List.of(), false)))
			.isEmpty();
		assertThat(found("/.git/", false)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/d/none,true", "/d/,true", "/none,true", "/,true", "/none/f,false", "/d/f.txt/g,false",
			"/none/,false", "/.git/f,false" })
	void onlyInAFolderThatIsThereAFileIsLookedFor(String target, boolean expected) throws IOException {
		FileLocator locator = new FileLocator(this.root, false);

		assertThat(locator.hasFolderOf(RequestPath.ofTarget(target))).isEqualTo(expected);
	}

	@Test
	void aNameThatIsNoneHasNoFolder() throws IOException {
		try (FileSystem windows = Jimfs.newFileSystem(Configuration.windows())) {
			Files.createDirectories(windows.getPath("C:\\www\\sub"));
			FileLocator locator = new FileLocator(windows.getPath("C:\\www"), false);

			assertThat(locator.hasFolderOf(RequestPath.ofTarget("/sub/f"))).isTrue();
			assertThat(locator.hasFolderOf(RequestPath.ofTarget("/C:/f"))).isFalse();
		}
	}

	@Test
	void ofAnUnpackedFolderTheJarKnowsTheFiles() throws IOException {
		UnpackedFolder unpacked = UnpackedFolder
			.of(Map.of("d/a.txt", new FileSystemResource(this.outside.resolve("f.txt"))));
		FileLocator locator = new FileLocator(new FileRoot("classpath:/static/", unpacked.directory(), unpacked),
				false);
		Path file = unpacked.directory().resolve("d/a.txt");
		Files.writeString(unpacked.directory().resolve("b.txt"), "of another program");
		Files.delete(file);
		Files.delete(unpacked.directory().resolve("d"));

		assertThat(locator.locate(RequestPath.ofTarget("/b.txt"))).isEmpty();
		assertThat(locator.hasFolderOf(RequestPath.ofTarget("/d/a.txt"))).isTrue();
		assertThat(locator.locate(RequestPath.ofTarget("/d/a.txt")).map(FileResource::path)).contains(file);
		unpacked.close();
	}

	private void exchange() throws IOException {
		Path directory = this.root.resolve("d");
		Path link = this.root.resolve("link");
		Path away = this.root.resolve("away");
		Files.move(directory, away, StandardCopyOption.ATOMIC_MOVE);
		Files.move(link, directory, StandardCopyOption.ATOMIC_MOVE);
		Files.move(directory, link, StandardCopyOption.ATOMIC_MOVE);
		Files.move(away, directory, StandardCopyOption.ATOMIC_MOVE);
	}

	private Optional<Path> found(String target, boolean followLinks) throws IOException {
		return new FileLocator(this.root, followLinks).locate(RequestPath.ofTarget(target)).map(FileResource::path);
	}

	private static String content(FileResource file) throws IOException {
		return StandardCharsets.UTF_8.decode(OpenFile.readAll(file, ByteBuffer::allocate)).toString();
	}

}
