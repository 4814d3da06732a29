package io.iodine.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** The file with the id of this process. */
public final class PidFile {

	private static final Log logger = LogFactory.getLog(PidFile.class);

	/** The name when only a directory was given. */
	public static final String DEFAULT_NAME = "iodine.pid";

	private final Path path;

	private final String pid;

	private PidFile(Path path) {
		this.path = path;
		this.pid = String.valueOf(ProcessHandle.current().pid());
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
		PidFile file = new PidFile(path.toAbsolutePath());
		Files.writeString(path, file.pid + "\n");
		return file;
	}

	/** Deletes the file, unless another process has written its own id into it. */
	public void delete() {
		try {
			if (Files.exists(this.path) && Files.readString(this.path).strip().equals(this.pid)) {
				Files.delete(this.path);
			}
		}
		catch (IOException ex) {
			logger.warn("The PID file " + this.path + " can't be deleted", ex);
		}
	}

}
