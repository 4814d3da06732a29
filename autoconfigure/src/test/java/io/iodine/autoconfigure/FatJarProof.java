package io.iodine.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.loader.tools.Library;
import org.springframework.boot.loader.tools.LibraryScope;
import org.springframework.boot.loader.tools.Repackager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replaces the program of a cluster that runs: an executable jar as Boot's Maven plugin
 * packages it, what {@code -Djarmode=tools extract} makes of it, and a class path of
 * directories.
 */
@Timeout(900)
class FatJarProof {

	@TempDir
	private Path directory;

	@Test
	void aReplacedExecutableJarIsServedAfterARestartAndABrokenOneNever() throws Exception {
		Path served = Files.copy(executableJar("one"), this.directory.resolve("app.jar"));

		replaced(jarOf(served), served, executableJar("two"), executableJar("broken"));
	}

	@Test
	void aReplacedJarOfAnExtractedApplicationIsServedToo() throws Exception {
		Path app = extracted("one");

		replaced(jarOf(app), app, extracted("two"), extracted("broken"));
	}

	@Test
	void aReplacedClassPathIsServedToo() throws Exception {
		Path app = exploded("one");
		Path classes = app.resolve("BOOT-INF/classes");
		Path libraries = app.resolve("BOOT-INF/lib");

		replaced(List.of("-cp", classes + File.pathSeparator + libraries + "/*", ClusterProgram.class.getName()), app,
				exploded("two"), exploded("broken"));
	}

	private static List<String> jarOf(Path jar) {
		return List.of("-jar", jar.toString());
	}

	private void replaced(List<String> program, Path served, Path next, Path broken) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(ClusterOfProcesses.java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
		command.addAll(program);
		command.add("--iodine.cluster.processes=2");
		try (ClusterOfProcesses cluster = ClusterOfProcesses.run(this.directory, command)) {
			int port = cluster.awaitPort(2);
			assertThat(versions(port)).containsOnly("one");
			try (RequestLoad load = new RequestLoad(port, "/version", 8, 40)) {
				Files.move(next, served, StandardCopyOption.ATOMIC_MOVE);
				assertThat(versions(port)).as("before the signal").containsOnly("one");
				cluster.signal("USR1");
				cluster.awaitLine("generation 2 serves");
				assertThat(versions(port)).containsOnly("two");

				Files.move(broken, served, StandardCopyOption.ATOMIC_MOVE);
				cluster.signal("USR1");
				cluster.awaitLine("The restart has failed: the workers that serve go on");
				assertThat(versions(port)).containsOnly("two");

				report(served.getFileName() + ": one, two, broken: " + load.answered() + " requests, "
						+ load.failures().size() + " failed");
				assertThat(load.failures()).isEmpty();
				assertThat(load.answered()).isPositive();
			}
		}
	}

	private static List<String> versions(int port) throws Exception {
		List<String> versions = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			versions.add(ClusterOfProcesses.get(port, "/version"));
		}
		return versions;
	}

	private Path extracted(String version) throws Exception {
		Path jar = executableJar(version);
		Path directory = this.directory.resolve("extracted-" + version);
		assertThat(new ProcessBuilder(ClusterOfProcesses.java(), "-Djarmode=tools", "-jar", jar.toString(), "extract",
				"--destination", directory.toString())
			.inheritIO()
			.start()
			.waitFor()).isZero();
		return directory.resolve(jar.getFileName());
	}

	/** A link to the directory of a version, which is replaced in one go. */
	private Path exploded(String version) throws IOException {
		Path directory = Files.createDirectory(this.directory.resolve("exploded-" + version));
		try (ZipFile jar = new ZipFile(executableJar(version).toFile())) {
			for (ZipEntry entry : jar.stream().filter((each) -> !each.isDirectory()).toList()) {
				Path file = directory.resolve(entry.getName());
				Files.createDirectories(file.getParent());
				try (InputStream content = jar.getInputStream(entry)) {
					Files.copy(content, file);
				}
			}
		}
		return Files.createSymbolicLink(this.directory.resolve("link-" + version), directory);
	}

	/** A jar that names its version, with the class path of this test. */
	private Path executableJar(String version) throws IOException {
		Path jar = this.directory.resolve(version + "-" + System.nanoTime() + ".jar");
		try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file)) {
			add(out, "cluster-version.txt", version.getBytes(StandardCharsets.UTF_8));
			Path classes = Path.of(ClusterProgram.class.getProtectionDomain().getCodeSource().getLocation().getPath());
			try (Stream<Path> program = Files.list(classes.resolve("io/iodine/autoconfigure"))) {
				for (Path type : program.filter((path) -> path.getFileName().toString().startsWith("ClusterProgram"))
					.toList()) {
					add(out, classes.relativize(type).toString(), Files.readAllBytes(type));
				}
			}
		}
		Path main = jarOfMainClasses();
		Repackager repackager = new Repackager(jar.toFile());
		repackager.setBackupSource(false);
		repackager.setMainClass(ClusterProgram.class.getName());
		repackager.repackage((callback) -> {
			callback.library(new Library(main.toFile(), LibraryScope.COMPILE));
			for (File library : libraries()) {
				callback.library(new Library(library, LibraryScope.COMPILE));
			}
		});
		return jar;
	}

	/** What a WebFlux application has besides its own classes and those of iodine. */
	private static List<File> libraries() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
			.filter((entry) -> entry.endsWith(".jar"))
			.filter((entry) -> !entry
				.matches(".*/[^/]*(junit|archunit|spring-boot-loader|webmvc|tomcat|jetty|security)[^/]*"))
			.map(File::new)
			.toList();
	}

	private Path jarOfMainClasses() throws IOException {
		Path jar = this.directory.resolve("iodine-spring-boot-autoconfigure.jar");
		if (Files.exists(jar)) {
			return jar;
		}
		Path classes = Path
			.of(IodineAutoConfiguration.class.getProtectionDomain().getCodeSource().getLocation().getPath());
		try (OutputStream file = Files.newOutputStream(jar);
				JarOutputStream out = new JarOutputStream(file);
				Stream<Path> all = Files.walk(classes)) {
			for (Path path : all.filter(Files::isRegularFile).toList()) {
				add(out, classes.relativize(path).toString(), Files.readAllBytes(path));
			}
		}
		return jar;
	}

	private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
		out.putNextEntry(new JarEntry(name));
		out.write(content);
		out.closeEntry();
	}

	@SuppressWarnings("SystemOut")
	private static void report(String figures) {
		System.out.println("PROOF " + figures);
	}

}
