package io.iodine.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A strong validator of a file (RFC 9110, section 8.8.1), the same on every machine that
 * has the same file, whatever inode it has there.
 */
final class EntityTag {

	/** Of files up to this size the content is looked at. */
	private static final int DIGESTED = 256 * 1024;

	private static final int DIGEST_LENGTH = 12;

	private EntityTag() {
	}

	/**
	 * The tag of a public file: by its content if it is small, because tools that build
	 * images and archives give all files the same time, and of two releases a small file
	 * often has the same size.
	 * @throws StaleFileException if the name stands for another version by now
	 */
	static String ofContent(FileResource file, @Nullable ContentCoding coding) throws IOException {
		return (file.size() > DIGESTED) ? ofVersion(file, coding)
				: quoted(digest(OpenFile.readAll(file, ByteBuffer::allocate)), coding);
	}

	/** The tag by time, in nanoseconds, and size: nothing is read. */
	static String ofVersion(FileResource file, @Nullable ContentCoding coding) {
		long time = file.modified().to(TimeUnit.NANOSECONDS);
		return quoted(Long.toHexString(time) + "-" + Long.toHexString(file.size()), coding);
	}

	private static String digest(ByteBuffer content) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(content);
			return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_LENGTH);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java has SHA-256", ex);
		}
	}

	private static String quoted(String version, @Nullable ContentCoding coding) {
		return "\"" + version + ((coding != null) ? "-" + coding.token() : "") + "\"";
	}

}
