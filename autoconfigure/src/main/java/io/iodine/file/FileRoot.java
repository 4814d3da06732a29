package io.iodine.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.FileSystemUtils;

/**
 * A directory of files to serve. What lies in a jar of the class path is unpacked into a
 * private directory, which {@link #close()} removes, so that it is found, confined and
 * sent like any other file.
 *
 * @param location where the files are from, as people know it
 * @param directory the directory
 * @param unpacked whether it is a private copy
 */
public record FileRoot(String location, Path directory, boolean unpacked) implements AutoCloseable {

	private static final String CLASSPATH = "classpath:";

	private static final String HOME = "~/";

	/**
	 * Finds the directory of a location.
	 * @param location {@code classpath:…}, {@code file:…}, or a path, where {@code ~} is
	 * the user's home
	 * @param loader what knows the class path
	 * @return the root
	 * @throws IOException if there is no such directory
	 */
	public static FileRoot of(String location, ResourceLoader loader) throws IOException {
		if (location.startsWith(CLASSPATH)) {
			return ofClassPath(location.substring(CLASSPATH.length()), loader);
		}
		String path = location.startsWith("file:") ? location.replaceFirst("^file:(//)?", "") : location;
		boolean home = path.equals("~") || path.startsWith(HOME);
		Path directory = home ? Path.of(System.getProperty("user.home"), path.substring(1)) : Path.of(path);
		if (!Files.isDirectory(directory)) {
			throw new IOException("there is no directory " + directory.toAbsolutePath());
		}
		directory = directory.toAbsolutePath().normalize();
		return new FileRoot(directory.toString(), directory, false);
	}

	private static FileRoot ofClassPath(String name, ResourceLoader loader) throws IOException {
		String folder = name.replaceFirst("^/+", "").replaceFirst("/*$", "/");
		PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver(loader);
		Resource root = resolver.getResource(CLASSPATH + folder);
		if (!root.exists()) {
			throw new IOException("there is no folder " + folder + " on the class path");
		}
		if (root.isFile()) {
			return new FileRoot(CLASSPATH + "/" + folder, root.getFile().toPath(), false);
		}
		Path directory = Files.createTempDirectory("iodine-static-");
		try {
			String base = root.getURL().toString();
			for (Resource entry : resolver.getResources(CLASSPATH + folder + "**")) {
				String url = entry.getURL().toString();
				if (entry.isReadable() && url.startsWith(base) && !url.endsWith("/")) {
					unpack(entry, directory, decoded(url.substring(base.length())));
				}
			}
			return new FileRoot(CLASSPATH + "/" + folder, directory, true);
		}
		catch (IOException | RuntimeException ex) {
			FileSystemUtils.deleteRecursively(directory);
			throw ex;
		}
	}

	private static String decoded(String relative) throws IOException {
		RequestPath path = RequestPath.ofTarget("/" + relative);
		if (path.verdict() == RequestPath.Verdict.BROKEN) {
			throw new IOException("an entry of the jar leads out of it: " + relative);
		}
		return String.join("/", path.segments());
	}

	private static void unpack(Resource entry, Path directory, String name) throws IOException {
		if (name.isEmpty()) {
			return;
		}
		Path target = directory.resolve(name);
		Files.createDirectories(target.resolveSibling("."));
		try (InputStream content = entry.getInputStream()) {
			Files.copy(content, target);
		}
		long modified = entry.lastModified();
		if (modified > 0) {
			Files.setLastModifiedTime(target, FileTime.fromMillis(modified));
		}
	}

	/** Removes what was unpacked. */
	@Override
	public void close() throws IOException {
		if (this.unpacked) {
			FileSystemUtils.deleteRecursively(this.directory);
		}
	}

}
