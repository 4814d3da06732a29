package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import io.iodine.autoconfigure.FileServer.Answer;
import io.iodine.file.SendFileFilter;
import io.iodine.file.StaticFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** When files are served, and which roots are rejected. */
@ExtendWith(OutputCaptureExtension.class)
@SuppressWarnings("NullAway.Init")
class IodineStaticAutoConfigurationTests {

	@TempDir
	Path root;

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(IodineStaticAutoConfiguration.class));

	@Test
	void withoutARootNothingIsServed() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(StaticFiles.class));
	}

	@Test
	void aWarHasNoDocumentRootToKeepFromServing() {
		WebApplicationContextRunner servlets = new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(IodineAutoConfiguration.class))
			.withUserConfiguration(IodineServletAutoConfiguration.Files.class,
					IodineServletAutoConfiguration.Documents.class)
			.withPropertyValues("iodine.static.root=" + this.root);

		servlets.run((context) -> assertThat(context).hasSingleBean(ServletDocumentRoot.class));
		servlets.withClassLoader(new FilteredClassLoader("org.springframework.boot.web.server"))
			.run((context) -> assertThat(context).hasSingleBean(StaticFiles.class)
				.doesNotHaveBean(ServletDocumentRoot.class));
	}

	@Test
	void aRootSwitchesItOn() {
		this.runner.withPropertyValues("iodine.static.root=" + this.root)
			.run((context) -> assertThat(context).hasSingleBean(StaticFiles.class)
				.doesNotHaveBean(SendFileFilter.class));
	}

	@Test
	void theShortNameSwitchesItOnToo() {
		this.runner.withPropertyValues("iodine.public=" + this.root)
			.run((context) -> assertThat(context).hasSingleBean(StaticFiles.class));
	}

	@Test
	void aRootForNamedFilesBringsTheFilter() {
		this.runner.withPropertyValues("iodine.static.send-file-root=" + this.root)
			.run((context) -> assertThat(context).hasSingleBean(SendFileFilter.class));
	}

	@Test
	void anApplicationWithoutAReactiveServerHasNoFiles() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(IodineStaticAutoConfiguration.class))
			.withPropertyValues("iodine.static.root=" + this.root)
			.run((context) -> assertThat(context).doesNotHaveBean(StaticFiles.class));
		this.runner.withPropertyValues("iodine.static.root=" + this.root)
			.withClassLoader(new FilteredClassLoader("reactor.netty.http.server"))
			.run((context) -> assertThat(context).doesNotHaveBean(StaticFiles.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "application.yml", "application.properties", "application-prod.yaml",
			"config/application.yml", ".git/HEAD" })
	void aRootThatHoldsASecretFailsTheStart(String secret) throws IOException {
		Path file = this.root.resolve(secret);
		Files.createDirectories(Objects.requireNonNull(file.getParent(), "it has a folder"));
		Files.createFile(file);

		this.runner.withPropertyValues("iodine.static.root=" + this.root)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidIodinePropertyException.class, (failure) -> {
					assertThat(failure.name()).isEqualTo("iodine.static.root");
					assertThat(failure.value()).isEqualTo(this.root.toString());
					assertThat(failure.expected()).contains("nothing but public files");
				}));
	}

	@Test
	void aRootThatHoldsTheApplicationFailsTheStart() {
		Path classes = Path.of("target").toAbsolutePath();

		this.runner.withPropertyValues("iodine.static.root=" + classes)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("the running application"));
	}

	@Test
	void aRootThatIsNotThereFailsTheStart() {
		this.runner.withPropertyValues("iodine.public=" + this.root.resolve("nowhere"))
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseMessage("there is no directory " + this.root.resolve("nowhere"))
				.hasStackTraceContaining("iodine.public"));
	}

	@Test
	void aFolderInsideAJarIsServedAndNothingIsLeftBehind(CapturedOutput output) throws IOException {
		Path jar = this.root.resolve("app.jar");
		try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
			for (String name : List.of("web/", "web/index.html", "web/sub/", "web/sub/a b.txt")) {
				entries.putNextEntry(new JarEntry(name));
				if (!name.endsWith("/")) {
					entries.write(name.getBytes(StandardCharsets.UTF_8));
				}
			}
		}
		Path[] unpacked = new Path[1];
		// other tests may have made the logger quiet
		LoggingSystem.get(getClass().getClassLoader()).setLogLevel(StaticRoots.class.getName(), LogLevel.INFO);

		try (URLClassLoader loader = new URLClassLoader(new URL[] { jar.toUri().toURL() })) {
			this.runner.withClassLoader(loader)
				.withPropertyValues("iodine.static.root=classpath:/web/")
				.run((context) -> {
					unpacked[0] = Objects.requireNonNull(context.getBean(StaticRoots.class).publicDirectory(),
							"a root");
					assertThat(unpacked[0].resolve("index.html")).hasContent("web/index.html");
					assertThat(unpacked[0].resolve("sub/a b.txt")).hasContent("web/sub/a b.txt");
				});
		}

		assertThat(unpacked[0]).doesNotExist();
		assertThat(output).contains("Files of classpath:/web/ are public at /**")
			.doesNotContain(unpacked[0].toString());
	}

	@Test
	void whatACleanerHasTakenOfAFolderInsideAJarIsUnpackedAgain() throws IOException {
		Path jar = this.root.resolve("app.jar");
		try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
			entries.putNextEntry(new JarEntry("web/"));
			for (String name : List.of("web/index.html", "web/sub/a.txt")) {
				entries.putNextEntry(new JarEntry(name));
				entries.write(name.getBytes(StandardCharsets.UTF_8));
			}
		}
		try (URLClassLoader loader = new URLClassLoader(new URL[] { jar.toUri().toURL() }, getClass().getClassLoader());
				FileServer server = FileServer.start(new DefaultResourceLoader(loader),
						"iodine.static.root=classpath:/web/")) {
			Path unpacked = Objects.requireNonNull(server.context().getBean(StaticRoots.class).publicDirectory(),
					"a root");
			assertThat(server.get("/sub/a.txt").body()).isEqualTo("web/sub/a.txt");

			FileSystemUtils.deleteRecursively(unpacked);

			assertThat(server.get("/").body()).isEqualTo("web/index.html");
			Answer again = server.get("/sub/a.txt");
			for (int i = 0; i < 1000 && again.status() != 200; i++) {
				LockSupport.parkNanos(10_000_000); // a look at the disk is believed for a
													// second
				again = server.get("/sub/a.txt");
			}
			assertThat(again.body()).isEqualTo("web/sub/a.txt");
			assertThat(Files.getPosixFilePermissions(unpacked)).hasSize(3);

			FileSystemUtils.deleteRecursively(unpacked);
			Files.createDirectories(unpacked);
			Files.writeString(unpacked.resolve("other.html"), "planted");
			assertThat(server.get("/other.html").body()).isEqualTo(FileServer.APPLICATION);
		}
	}

	@Test
	void aheadOfTimeTheRootMayComeLater() {
		this.runner.withSystemProperties("spring.aot.processing=true")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(StaticFiles.class)
				.hasSingleBean(SendFileFilter.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "path=assets", "path=/a*/**", "max-age=-1s", "stall-timeout=0", "max-pending=0",
			"threads=-1", "cache-file-size=4GB" })
	void aValueThatMakesNoSenseFailsTheStart(String property) {
		this.runner.withPropertyValues("iodine.static.root=" + this.root, "iodine.static." + property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith("iodine.static." + property.split("=", 2)[0]));
	}

	@Test
	void aRootWithTheClassesOfAWebApplicationIsRefused() throws IOException {
		Files.createDirectory(this.root.resolve("WEB-INF"));

		assertThatThrownBy(() -> PublicRootCheck.check("iodine.static.root", "./webapp", this.root))
			.hasMessageContaining("this one holds WEB-INF");
	}

	@Test
	void theFailureNamesPropertyValueAndRemedy() throws IOException {
		Files.createFile(this.root.resolve("application.yml"));

		assertThatThrownBy(() -> PublicRootCheck.check("iodine.static.root", "./www", this.root))
			.hasMessage("iodine.static.root is ./www, but must be a directory of nothing but public files:"
					+ " this one holds application.yml, which anybody could download");
	}

}
