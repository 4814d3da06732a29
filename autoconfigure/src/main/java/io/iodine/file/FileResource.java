package io.iodine.file;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * One version of one regular file: another size, time or inode is another version.
 *
 * @param path the real path, free of symbolic links
 * @param size in bytes
 * @param modified when it was modified
 * @param key the file system's own identity of it, where it has one
 */
record FileResource(Path path, long size, FileTime modified, @Nullable Object key) {

	static FileResource of(Path realPath, BasicFileAttributes attributes) {
		return new FileResource(realPath, attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
	}

	boolean isSameVersion(Path realPath, BasicFileAttributes attributes) {
		return attributes.isRegularFile() && equals(of(realPath, attributes));
	}

	/**
	 * A strong validator (RFC 9110, section 8.8.1), the same on every machine that has
	 * the file with the same time.
	 */
	String entityTag(@Nullable ContentCoding coding) {
		String version = Long.toHexString(this.modified.to(TimeUnit.NANOSECONDS)) + "-" + Long.toHexString(this.size);
		return "\"" + version + ((coding != null) ? "-" + coding.token() : "") + "\"";
	}

	/** In the seconds of an HTTP date. */
	long modifiedSecond() {
		return this.modified.to(TimeUnit.SECONDS);
	}

	/**
	 * Whether a change that came right after this look at the file would show in its
	 * time: file systems tick in milliseconds.
	 */
	boolean isSettled(long nowMillis) {
		return nowMillis - this.modified.toMillis() > TimeUnit.SECONDS.toMillis(1);
	}

	String name() {
		return Objects.requireNonNull(this.path.getFileName(), "a file has a name").toString();
	}

}
