package io.iodine.accesslog;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** The destination of the lines of the access log. Used by one thread at a time. */
public interface LineTarget {

	/**
	 * Writes lines.
	 * @param lines the lines, without line ends
	 * @throws IOException when they can't be written
	 */
	void write(List<String> lines) throws IOException;

	/**
	 * Gives back what it holds. Lines that come later are written again.
	 * @throws IOException when that fails
	 */
	default void close() throws IOException {
	}

	/** Standard output, as it is when lines are written. */
	static LineTarget stdout() {
		return (lines) -> print(System.out, lines);
	}

	/** Standard error, as it is when lines are written. */
	static LineTarget stderr() {
		return (lines) -> print(System.err, lines);
	}

	/** The logger {@code iodine.access}, at level INFO. */
	static LineTarget logger() {
		Log logger = LogFactory.getLog("iodine.access");
		return (lines) -> lines.forEach(logger::info);
	}

	/**
	 * A file, which is added to, and opened anew when it was moved away or replaced.
	 * @param path its path
	 */
	static LineTarget file(Path path) {
		return new FileTarget(path);
	}

	private static void print(PrintStream stream, List<String> lines) {
		byte[] bytes = bytes(lines);
		stream.write(bytes, 0, bytes.length);
		stream.flush();
	}

	private static byte[] bytes(List<String> lines) {
		return (String.join("\n", lines) + '\n').getBytes(StandardCharsets.UTF_8);
	}

	/** Adds to a file. */
	final class FileTarget implements LineTarget {

		private final Path path;

		private @Nullable OutputStream stream;

		private @Nullable Object key;

		private FileTarget(Path path) {
			this.path = path;
		}

		@Override
		public void write(List<String> lines) throws IOException {
			if (this.stream != null && !isWhatThePathNames()) {
				close();
			}
			if (this.stream == null) {
				this.stream = Files.newOutputStream(this.path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
				this.key = key();
			}
			this.stream.write(bytes(lines));
		}

		private boolean isWhatThePathNames() {
			try {
				return Objects.equals(this.key, key());
			}
			catch (IOException ex) {
				// moved away
				return false;
			}
		}

		/** The identity of the file; null where the file system has none. */
		private @Nullable Object key() throws IOException {
			return Files.readAttributes(this.path, BasicFileAttributes.class).fileKey();
		}

		@Override
		public void close() throws IOException {
			OutputStream last = this.stream;
			this.stream = null;
			if (last != null) {
				last.close();
			}
		}

	}

}
