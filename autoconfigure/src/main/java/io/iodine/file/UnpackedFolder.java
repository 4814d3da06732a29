package io.iodine.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.util.FileSystemUtils;

/**
 * A folder of a jar, unpacked into a private temporary directory. Unpacks again what a
 * cleaner of temporary files has removed.
 */
final class UnpackedFolder {

	private static final Log log = LogFactory.getLog(UnpackedFolder.class);

	private static final String PARTIAL = ".unpacking";

	private final Path directory;

	private final Map<String, Resource> entries;

	// guarded by this
	private @Nullable Object key;

	private UnpackedFolder(Path directory, Map<String, Resource> entries) {
		this.directory = directory;
		this.entries = entries;
	}

	/**
	 * Unpacks a folder.
	 * @param entries its files by their path below it
	 */
	static UnpackedFolder of(Map<String, Resource> entries) throws IOException {
		Path directory = Files.createTempDirectory("iodine-static-").toRealPath();
		UnpackedFolder folder = new UnpackedFolder(directory, Map.copyOf(entries));
		try {
			folder.key = keyOf(directory);
			for (Map.Entry<String, Resource> entry : entries.entrySet()) {
				folder.unpack(entry.getKey(), entry.getValue());
			}
			return folder;
		}
		catch (IOException | RuntimeException ex) {
			folder.close();
			throw ex;
		}
	}

	Path directory() {
		return this.directory;
	}

	/**
	 * Whether the folder has a file of this name, which lies in the directory afterwards.
	 * @throws IOException if it can't be unpacked again, or the directory was replaced
	 */
	synchronized boolean restore(String name) throws IOException {
		Resource entry = this.entries.get(name);
		if (entry == null) {
			return false;
		}
		if (!exists(this.directory)) {
			log.warn(this.directory + " was removed: its files are unpacked again when they are asked for");
			createPrivately();
		}
		else if (!Objects.equals(this.key, keyOf(this.directory))) {
			throw new IOException(this.directory + " was removed, and is another directory now");
		}
		if (!exists(this.directory.resolve(name))) {
			unpack(name, entry);
		}
		return true;
	}

	private void createPrivately() throws IOException {
		boolean posix = this.directory.getFileSystem().supportedFileAttributeViews().contains("posix");
		FileAttribute<?>[] attributes = !posix ? new FileAttribute<?>[0] : new FileAttribute<?>[] {
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")) };
		Files.createDirectory(this.directory, attributes);
		this.key = keyOf(this.directory);
	}

	private void unpack(String name, Resource entry) throws IOException {
		Path target = this.directory.resolve(name);
		Path partial = this.directory.resolve(PARTIAL);
		Files.createDirectories(Objects.requireNonNullElse(target.getParent(), this.directory));
		try (InputStream content = entry.getInputStream()) {
			Files.copy(content, partial, StandardCopyOption.REPLACE_EXISTING);
		}
		long modified = entry.lastModified();
		if (modified > 0) {
			Files.setLastModifiedTime(partial, FileTime.fromMillis(modified));
		}
		Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
	}

	/** Removes what was unpacked. */
	synchronized void close() throws IOException {
		FileSystemUtils.deleteRecursively(this.directory);
	}

	private static boolean exists(Path path) {
		return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
	}

	private static @Nullable Object keyOf(Path path) throws IOException {
		BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		if (!attributes.isDirectory()) {
			throw new NoSuchFileException(path.toString());
		}
		return attributes.fileKey();
	}

}
