package io.iodine.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The file that a response of the application names.
 *
 * @param value as the header has it
 * @param encoded whether it is a path of a URI
 */
record SendFileName(String value, boolean encoded) {

	static final String HEADER = "X-Sendfile";

	static final String URI_HEADER = "X-Accel-Redirect";

	/** Takes the name out of a response's header fields; null: it names none. */
	static @Nullable SendFileName take(HttpHeaders headers) {
		String path = headers.get(HEADER);
		String uri = headers.get(URI_HEADER);
		headers.remove(HEADER).remove(URI_HEADER);
		return (path != null) ? new SendFileName(path, false) : (uri != null) ? new SendFileName(uri, true) : null;
	}

	static boolean isIn(HttpHeaders headers) {
		return headers.contains(HEADER) || headers.contains(URI_HEADER);
	}

	Optional<FileResource> locate(FileLocator locator) {
		if (this.encoded) {
			RequestPath path = RequestPath.ofTarget(this.value);
			return path.directory() ? Optional.empty() : locator.locate(path);
		}
		try {
			return locator.locate(Path.of(this.value));
		}
		catch (InvalidPathException ex) {
			return Optional.empty();
		}
	}

}
