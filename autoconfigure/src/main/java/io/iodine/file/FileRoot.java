package io.iodine.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * A directory of files to serve. What lies in a jar of the class path is unpacked into a
 * private directory, which {@link #close()} removes, so that it is found, confined and
 * sent like any other file.
 *
 * @param location where the files are from, as people know it
 * @param directory the directory
 * @param unpacked the private copy of a folder in a jar; null when it lies on the disk
 */
public record FileRoot(String location, Path directory, @Nullable UnpackedFolder unpacked) implements AutoCloseable {

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
		return at(directory);
	}

	/** A directory of the disk. */
	static FileRoot at(Path directory) {
		return new FileRoot(directory.toString(), directory, null);
	}

	private static FileRoot ofClassPath(String name, ResourceLoader loader) throws IOException {
		String folder = name.replaceFirst("^/+", "").replaceFirst("/*$", "/");
		PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver(loader);
		Resource root = resolver.getResource(CLASSPATH + folder);
		if (!root.exists()) {
			throw new IOException("there is no folder " + folder + " on the class path");
		}
		if (root.isFile()) {
			return new FileRoot(CLASSPATH + "/" + folder, root.getFile().toPath(), null);
		}
		UnpackedFolder unpacked = UnpackedFolder.of(entries(resolver, folder, root.getURL().toString()));
		return new FileRoot(CLASSPATH + "/" + folder, unpacked.directory(), unpacked);
	}

	private static Map<String, Resource> entries(PathMatchingResourcePatternResolver resolver, String folder,
			String base) throws IOException {
		Map<String, Resource> entries = new LinkedHashMap<>();
		for (Resource entry : resolver.getResources(CLASSPATH + folder + "**")) {
			String url = entry.getURL().toString();
			if (entry.isReadable() && url.startsWith(base) && !url.endsWith("/")) {
				String name = decoded(url.substring(base.length()));
				if (!name.isEmpty()) {
					entries.put(name, entry);
				}
			}
		}
		return entries;
	}

	private static String decoded(String relative) throws IOException {
		RequestPath path = RequestPath.ofTarget("/" + relative);
		if (path.verdict() == RequestPath.Verdict.BROKEN) {
			throw new IOException("an entry of the jar leads out of it: " + relative);
		}
		return String.join("/", path.segments());
	}

	/** Removes what was unpacked. */
	@Override
	public void close() throws IOException {
		if (this.unpacked != null) {
			this.unpacked.close();
		}
	}

}
