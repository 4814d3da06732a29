package io.iodine.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Finds files below a root and never outside of it. The result is a regular, readable
 * file whose real path is below the root.
 */
final class FileLocator {

	private static final int ATTEMPTS = 10;

	/** A name that Windows makes up for another one. */
	private static final Pattern SHORT = Pattern.compile("~[0-9]");

	private final Path given;

	private final Path root;

	private final @Nullable UnpackedFolder unpacked;

	private final boolean followLinks;

	private final boolean isWindows;

	/**
	 * A locator for one root.
	 * @param root an existing directory
	 * @param followLinks whether symbolic links may lead out of the root
	 * @throws IOException if there is no such directory
	 */
	FileLocator(Path root, boolean followLinks) throws IOException {
		this(FileRoot.at(root), followLinks);
	}

	/**
	 * A locator for one root, which may be unpacked from a jar.
	 * @param root the root
	 * @param followLinks whether symbolic links may lead out of it
	 * @throws IOException if there is no such directory
	 */
	FileLocator(FileRoot root, boolean followLinks) throws IOException {
		this.given = root.directory().toAbsolutePath().normalize();
		this.root = root.directory().toRealPath();
		this.unpacked = root.unpacked();
		this.followLinks = followLinks;
		this.isWindows = this.root.getFileSystem().getSeparator().equals("\\");
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
		return find(path.file().withSuffix(suffix).segments());
	}

	/**
	 * The file that the application named: relative to the root, or absolute below it.
	 */
	Optional<FileResource> locate(Path named) {
		RequestPath path = RequestPath.ofNames(relative(named.normalize()));
		return path.directory() ? Optional.empty() : locate(path);
	}

	/** Whether there is a directory that the file of this path could lie in. */
	boolean hasFolderOf(RequestPath path) {
		if (!path.isFile()) {
			return false;
		}
		try {
			List<String> names = path.file().segments();
			return this.unpacked != null || Files.isDirectory(resolve(names.subList(0, Math.max(0, names.size() - 1))));
		}
		catch (InvalidPathException ex) {
			return false;
		}
	}

	private Optional<FileResource> find(List<String> names) {
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			try {
				return isThere(names) ? find(resolve(names)) : Optional.empty();
			}
			catch (StaleFileException ex) {
				// a directory was exchanged at the same time: the next look sees another
			}
			catch (IOException | InvalidPathException ex) {
				// no such name, a loop of links, a name too long: all of them no file
				return Optional.empty();
			}
		}
		return Optional.empty();
	}

	/** Whether a name can be there at all: only a folder in a jar knows all of them. */
	private boolean isThere(List<String> names) throws IOException {
		return this.unpacked == null || this.unpacked.restore(String.join("/", names));
	}

	private Optional<FileResource> find(Path path) throws IOException {
		Path real = path.toRealPath();
		if (!this.followLinks && !isConfined(real)) {
			return Optional.empty();
		}
		return FileResource.at(this.followLinks ? null : this.root, real).filter((file) -> Files.isReadable(real));
	}

	/**
	 * Name by name, because to a file system a name may be more: {@code C:} is a drive of
	 * Windows, and {@code GIT~1} another name of {@code .git}.
	 */
	private Path resolve(List<String> names) {
		Path path = this.root;
		for (String name : names) {
			Path child = this.root.getFileSystem().getPath(name);
			if (child.getRoot() != null || child.getNameCount() != 1
					|| (this.isWindows && SHORT.matcher(name).find())) {
				throw new InvalidPathException(name, "not a plain file name");
			}
			path = path.resolve(child);
		}
		return path;
	}

	private boolean isConfined(Path real) {
		return real.startsWith(this.root) && RequestPath.ofNames(this.root.relativize(real)).isFile();
	}

	private Path relative(Path named) {
		if (named.startsWith(this.root)) {
			return this.root.relativize(named);
		}
		return named.startsWith(this.given) ? this.given.relativize(named) : named;
	}

}
