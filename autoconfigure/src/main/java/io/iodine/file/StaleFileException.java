package io.iodine.file;

import java.io.IOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** A file was replaced or changed between being found and being opened. */
final class StaleFileException extends IOException {

	private static final long serialVersionUID = 1L;

	StaleFileException(FileResource file) {
		this(file.path(), null);
	}

	StaleFileException(Path file, @Nullable Throwable cause) {
		super(file + " has changed since it was found", cause);
	}

}
