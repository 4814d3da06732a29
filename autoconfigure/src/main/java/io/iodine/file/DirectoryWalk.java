package io.iodine.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;

/**
 * Reaches a file from its root by directory handles and without following links, so that
 * a directory which is exchanged for a link at the same time can't lead out of the root.
 */
final class DirectoryWalk {

	private DirectoryWalk() {
	}

	/** What to do in the directory of the file. */
	@FunctionalInterface
	interface Visit<T> {

		T at(SecureDirectoryStream<Path> directory, Path name) throws IOException;

	}

	/** What to do where the file system has no handles of directories. */
	@FunctionalInterface
	interface Attempt<T> {

		T now() throws IOException;

	}

	/**
	 * Visits the directory of a file.
	 * @param root the real path of the root
	 * @param file the real path of a file below the root
	 * @param visit what to do there
	 * @param otherwise what to do without handles: the real path is compared afterwards
	 * @throws StaleFileException if a link or something else has taken the place of a
	 * directory or of the file
	 */
	static <T> T visit(Path root, Path file, Visit<T> visit, Attempt<T> otherwise) throws IOException {
		try (DirectoryStream<Path> directory = Files.newDirectoryStream(root)) {
			if (directory instanceof SecureDirectoryStream<Path> handle) {
				return descend(handle, root.relativize(file), 0, file, visit);
			}
		}
		return compared(file, otherwise);
	}

	private static <T> T descend(SecureDirectoryStream<Path> directory, Path names, int index, Path file,
			Visit<T> visit) throws IOException {
		Path name = names.getName(index);
		if (index == names.getNameCount() - 1) {
			return visit.at(directory, name);
		}
		try (SecureDirectoryStream<Path> child = enter(directory, name, file)) {
			return descend(child, names, index + 1, file, visit);
		}
	}

	private static SecureDirectoryStream<Path> enter(SecureDirectoryStream<Path> parent, Path name, Path file)
			throws IOException {
		try {
			return parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
		}
		catch (AccessDeniedException ex) {
			throw ex;
		}
		catch (FileSystemException ex) {
			throw new StaleFileException(file, ex);
		}
	}

	private static <T> T compared(Path file, Attempt<T> attempt) throws IOException {
		T result = attempt.now();
		if (!file.toRealPath().equals(file)) {
			if (result instanceof Closeable open) {
				open.close();
			}
			throw new StaleFileException(file, null);
		}
		return result;
	}

}
