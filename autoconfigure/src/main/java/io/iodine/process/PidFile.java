package io.iodine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** The file with the id of this process. */
public final class PidFile {

	private static final Log logger = LogFactory.getLog(PidFile.class);

	/** The name when only a directory was given. */
	public static final String DEFAULT_NAME = "iodine.pid";

	/** No id is longer. */
	private static final int LONGEST = 32;

	private final Path path;

	private final String pid;

	/** What another process has written, which may outlive this one; empty for none. */
	private final String before;

	private PidFile(Path path, String before) {
		this.path = path;
		this.pid = String.valueOf(ProcessHandle.current().pid());
		this.before = before;
	}

	/**
	 * Writes the file.
	 * @param location its path; one that ends with a slash is its directory
	 * @return the file
	 * @throws IOException when it is a directory, or can't be written
	 */
	public static PidFile write(String location) throws IOException {
		Path path = location.endsWith("/") ? Path.of(location, DEFAULT_NAME) : Path.of(location);
		if (Files.isDirectory(path)) {
			throw new IOException(path + " is a directory");
		}
		Path parent = path.toAbsolutePath().getParent();
		if (parent == null || !Files.isDirectory(parent)) {
			throw new IOException("the directory " + parent + " does not exist");
		}
		PidFile file = new PidFile(path.toAbsolutePath(), Files.isReadable(path) ? content(path) : "");
		write(path, file.pid);
		return file;
	}

	private static String content(Path path) throws IOException {
		boolean small = Files.isRegularFile(path) && Files.size(path) <= LONGEST;
		return small ? Files.readString(path, StandardCharsets.ISO_8859_1).strip() : "";
	}

	private static void write(Path path, String pid) throws IOException {
		try {
			Files.writeString(path, pid + "\n");
		}
		catch (IOException ex) {
			throw new IOException("it can't be written (" + ex + ")", ex);
		}
	}

	/**
	 * Deletes the file, unless another process has written its own id into it. The id
	 * that stood there before comes back when that process still runs, as when this one
	 * ends because its port was in use.
	 */
	public void delete() {
		try {
			if (!content(this.path).equals(this.pid)) {
				return;
			}
			if (isOfProcess(this.before)) {
				write(this.path, this.before);
			}
			else {
				Files.delete(this.path);
			}
		}
		catch (IOException ex) {
			logger.warn("The PID file " + this.path + " can't be deleted", ex);
		}
	}

	private boolean isOfProcess(String text) {
		return text.matches("[1-9]\\d{0,9}") && !text.equals(this.pid)
				&& ProcessHandle.of(Long.parseLong(text)).isPresent();
	}

}
