package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.internal.tcnative.SSLContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes the secrets of TLS connections to a file, in the format that Wireshark reads.
 * With OpenSSL only, because the JDK has no access to its secrets.
 */
final class TlsKeyLog {

	private static final Log logger = LogFactory.getLog(TlsKeyLog.class);

	private static final String PROPERTY = "iodine.debug.tls-key-log";

	private final @Nullable Path file;

	private TlsKeyLog(@Nullable Path file) {
		this.file = file;
	}

	/**
	 * Creates the file, readable by its owner only; null means that nothing is logged.
	 */
	static TlsKeyLog to(@Nullable Path file) {
		if (file != null) {
			create(file);
			logger
				.warn(PROPERTY + " is set: the secrets of the TLS connections of listeners and clients are written to "
						+ file + ", and can decrypt all that they carry. Use it for debugging only.");
		}
		return new TlsKeyLog(file);
	}

	private static void create(Path file) {
		try {
			if (!Files.exists(file)) {
				Files.createFile(file,
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
			}
			if (!Files.isWritable(file) || !Files.isRegularFile(file)) {
				throw new IOException("it can't be written");
			}
		}
		catch (IOException | UnsupportedOperationException ex) {
			throw new InvalidIodinePropertyException(PROPERTY, file, "a file that can be written: " + ex.getMessage());
		}
	}

	/** Logs the secrets of all connections of the context. */
	SslContext of(SslContext context) {
		if (this.file == null) {
			return context;
		}
		if (!(context instanceof ReferenceCountedOpenSslContext openSsl)) {
			throw new InvalidIodinePropertyException(PROPERTY, this.file,
					"left out, unless io.netty:netty-tcnative-boringssl-static is on the class path, because the JDK "
							+ "does not give its secrets away");
		}
		OpenSsl.log(openSsl, this);
		return context;
	}

	private synchronized void write(byte[] line) {
		Path target = this.file;
		if (target == null) {
			return;
		}
		try {
			Files.writeString(target, new String(line, StandardCharsets.US_ASCII) + "\n", StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			logger.error("The TLS key log can't be written", new UncheckedIOException(ex));
		}
	}

	/** Loaded only when OpenSSL is used. */
	private static final class OpenSsl {

		/**
		 * Reads the pointer by reflection, because the methods of Netty answer that of
		 * OpenSSL, which netty-tcnative does not take.
		 */
		static void log(ReferenceCountedOpenSslContext context, TlsKeyLog target) {
			try {
				Field pointer = ReferenceCountedOpenSslContext.class.getDeclaredField("ctx");
				pointer.setAccessible(true);
				SSLContext.setKeyLogCallback(pointer.getLong(context), (connection, line) -> target.write(line));
			}
			catch (ReflectiveOperationException | RuntimeException ex) {
				throw new IllegalStateException(PROPERTY + " can't be used with this release of Netty", ex);
			}
		}

	}

}
