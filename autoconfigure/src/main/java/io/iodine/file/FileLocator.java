package io.iodine.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds files under a root and never outside of it: the one home of path safety. What it
 * answers is a regular, readable file whose real path lies below the root.
 */
final class FileLocator {

	private static final String INDEX = "index.html";

	private final Path given;

	private final Path root;

	private final boolean followLinks;

	/**
	 * A locator for one root.
	 * @param root an existing directory
	 * @param followLinks whether symbolic links may lead out of the root
	 * @throws IOException if there is no such directory
	 */
	FileLocator(Path root, boolean followLinks) throws IOException {
		this.given = root.toAbsolutePath().normalize();
		this.root = root.toRealPath();
		this.followLinks = followLinks;
	}

	/** The real path of the root. */
	Path root() {
		return this.root;
	}

	/** The file of this path; of a directory, its {@code index.html}. */
	Optional<FileResource> locate(RequestPath path) {
		return locate(path, "");
	}

	/** The file whose name is that of this path's file and the suffix. */
	Optional<FileResource> locate(RequestPath path, String suffix) {
		if (path.verdict() != RequestPath.Verdict.PATH || (path.segments().isEmpty() && !path.directory())) {
			return Optional.empty();
		}
		String name = String.join("/", path.segments());
		String file = !path.directory() ? name : name.isEmpty() ? INDEX : name + "/" + INDEX;
		return find(file + suffix);
	}

	/**
	 * The file that the application named: relative to the root, or absolute below it.
	 */
	Optional<FileResource> locate(Path named) {
		RequestPath path = RequestPath.ofDecoded(relative(named.normalize()).toString());
		return path.directory() ? Optional.empty() : locate(path);
	}

	private Optional<FileResource> find(String name) {
		try {
			Path real = this.root.resolve(name).toRealPath();
			if (!this.followLinks && !isConfined(real)) {
				return Optional.empty();
			}
			return FileResource.at(real).filter((file) -> Files.isReadable(real));
		}
		catch (IOException | InvalidPathException ex) {
			// no such name, a loop of links, a name too long: all of them no file
			return Optional.empty();
		}
	}

	private boolean isConfined(Path real) {
		return real.startsWith(this.root)
				&& RequestPath.ofDecoded(this.root.relativize(real).toString()).verdict() == RequestPath.Verdict.PATH;
	}

	private Path relative(Path named) {
		if (named.startsWith(this.root)) {
			return this.root.relativize(named);
		}
		return named.startsWith(this.given) ? this.given.relativize(named) : named;
	}

}
