package io.iodine;

import java.nio.file.Path;

/**
 * A file as the answer of a controller method, or the name of one that any response may
 * carry in the header {@link #HEADER}. The file is sent by the server below the
 * application, with variants, validators and ranges, and in constant memory; status and
 * headers that the application has set stay.
 * <p>
 * The file must lie below {@code iodine.static.send-file-root}: anything else is answered
 * with 404 and a warning in the log.
 *
 * @param path the file, absolute or relative to that root
 */
public record SendFile(Path path) {

	/**
	 * The response header that names a file: a path, absolute or relative to the root.
	 */
	public static final String HEADER = "X-Sendfile";

	/**
	 * A file to send.
	 * @param path the file, absolute or relative to {@code iodine.static.send-file-root}
	 * @return the answer
	 */
	public static SendFile of(Path path) {
		return new SendFile(path);
	}

	/**
	 * A file to send.
	 * @param path the file, absolute or relative to {@code iodine.static.send-file-root}
	 * @return the answer
	 * @throws java.nio.file.InvalidPathException if this is no path
	 */
	public static SendFile of(String path) {
		return new SendFile(Path.of(path));
	}

}
