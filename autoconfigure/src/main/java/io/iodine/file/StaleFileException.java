package io.iodine.file;

import java.io.IOException;

/** A file was replaced or changed between being found and being opened. */
final class StaleFileException extends IOException {

	private static final long serialVersionUID = 1L;

	StaleFileException(FileResource file) {
		super(file.path() + " has changed since it was found");
	}

}
