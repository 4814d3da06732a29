package io.iodine.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * One version of one regular file: another size, time or inode is another version.
 *
 * @param root the real path of the directory that it must lie in; null when links may
 * lead anywhere
 * @param path the real path, free of symbolic links
 * @param size in bytes
 * @param modified when it was modified, as anybody may have set it
 * @param changed when it was changed, which can not be set; where there is no such time,
 * {@code modified}
 * @param key the file system's own identity of it, where it has one
 */
record FileResource(@Nullable Path root, Path path, long size, FileTime modified, FileTime changed,
		@Nullable Object key) {

	private static final String REGULAR = "isRegularFile";

	private static final String SIZE = "size";

	private static final String MODIFIED = "lastModifiedTime";

	private static final String KEY = "fileKey";

	/**
	 * What a real path stands for right now; empty: it is no regular file.
	 * @throws StaleFileException if the path led out of the root at that time
	 */
	static Optional<FileResource> at(@Nullable Path root, Path realPath) throws IOException {
		if (root == null) {
			return read(null, realPath);
		}
		/*
		 * Only the attributes by path have the time of the change; those by handle tell
		 * whether they are of the file that lies in the root.
		 */
		return DirectoryWalk.visit(root, realPath, (directory, name) -> {
			Optional<FileResource> file = read(root, realPath);
			BasicFileAttributes inside = directory
				.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
				.readAttributes();
			if (file.isPresent() && !Objects.equals(file.get().key(), inside.fileKey())) {
				throw new StaleFileException(realPath, null);
			}
			return file;
		}, () -> read(root, realPath));
	}

	private static Optional<FileResource> read(@Nullable Path root, Path realPath) throws IOException {
		boolean unix = realPath.getFileSystem().supportedFileAttributeViews().contains("unix");
		String changed = unix ? "ctime" : MODIFIED;
		Attributes file = new Attributes(Files.readAttributes(realPath,
				(unix ? "unix:" : "basic:") + String.join(",", REGULAR, SIZE, MODIFIED, KEY, changed),
				LinkOption.NOFOLLOW_LINKS));
		return !file.get(REGULAR, Boolean.class) ? Optional.empty()
				: Optional.of(new FileResource(root, realPath, file.get(SIZE, Long.class),
						file.get(MODIFIED, FileTime.class), file.get(changed, FileTime.class), file.values().get(KEY)));
	}

	/** Opens what the path stands for right now, in the root if there is one. */
	FileChannel open() throws IOException {
		Set<OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
		Path confines = this.root;
		return (confines == null) ? FileChannel.open(this.path, options) : DirectoryWalk.visit(confines, this.path,
				(directory, name) -> channel(directory, name, options), () -> FileChannel.open(this.path, options));
	}

	private static FileChannel channel(SecureDirectoryStream<Path> directory, Path name, Set<OpenOption> options)
			throws IOException {
		SeekableByteChannel opened = directory.newByteChannel(name, options);
		if (opened instanceof FileChannel channel) {
			return channel;
		}
		opened.close();
		throw new IOException("the file system of " + name + " opens no files that can be sent");
	}

	/** In the seconds of an HTTP date. */
	long modifiedSecond() {
		return this.modified.to(TimeUnit.SECONDS);
	}

	/**
	 * Whether a change that came right after this look at the file would show in its
	 * times: file systems tick in milliseconds.
	 */
	boolean isSettled(long nowMillis) {
		long latest = Math.max(this.modified.toMillis(), this.changed.toMillis());
		return nowMillis - latest > TimeUnit.SECONDS.toMillis(1);
	}

	String name() {
		return Objects.requireNonNull(this.path.getFileName(), "a file has a name").toString();
	}

	/**
	 * What one look at a file has brought.
	 *
	 * @param values by name
	 */
	private record Attributes(Map<String, @Nullable Object> values) {

		<T> T get(String name, Class<T> type) {
			return type.cast(Objects.requireNonNull(this.values.get(name), name));
		}

	}

}
