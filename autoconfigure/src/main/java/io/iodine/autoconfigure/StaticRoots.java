package io.iodine.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;

import io.iodine.file.FileRoot;
import io.iodine.file.FileSettings;
import io.iodine.file.StaticFiles;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ResourceLoader;

/**
 * The directories of public files.
 *
 * @param publicFiles what anybody may have; null when there is nothing
 * @param namedFiles what a response may name; null when there is nothing
 */
record StaticRoots(@Nullable FileRoot publicFiles, @Nullable FileRoot namedFiles) implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(StaticRoots.class);

	static StaticRoots of(IodineProperties properties, ResourceLoader loader) throws IOException {
		StaticProperties files = properties.staticFiles();
		String property = (files.root() != null) ? "iodine.static.root" : "iodine.public";
		String location = (files.root() != null) ? files.root() : properties.publicFolder();
		FileRoot publicFiles = root(property, location, loader);
		if (publicFiles != null && location != null) {
			PublicRootCheck.check(property, location, publicFiles.directory());
		}
		return new StaticRoots(publicFiles, root("iodine.static.send-file-root", files.sendFileRoot(), loader));
	}

	/** The files below these directories, as the properties say. */
	StaticFiles files(IodineProperties properties) throws IOException {
		StaticProperties files = properties.staticFiles();
		StaticValueCheck.check(files);
		if (this.publicFiles != null) {
			logger.info("Files of " + this.publicFiles.location() + " are public at " + files.path()
					+ ": filters, Spring Security and CORS rules don't see requests for them");
		}
		return new StaticFiles(new FileSettings(this.publicFiles, files.path(), this.namedFiles, files.followSymlinks(),
				files.htmlSuffix(), files.singlePage(), files.headers(), files.mediaTypes(), files.maxAge(),
				files.cacheControl(), files.fingerprint(), files.cacheSize().toBytes(),
				Math.toIntExact(files.cacheFileSize().toBytes()), files.stallTimeout(), files.diskThreads(),
				files.maxPending()));
	}

	@Nullable Path publicDirectory() {
		return (this.publicFiles != null) ? this.publicFiles.directory() : null;
	}

	@Override
	public void close() throws IOException {
		if (this.publicFiles != null) {
			this.publicFiles.close();
		}
		if (this.namedFiles != null) {
			this.namedFiles.close();
		}
	}

	private static @Nullable FileRoot root(String property, @Nullable String location, ResourceLoader loader) {
		if (location == null || location.isBlank()) {
			return null;
		}
		try {
			return FileRoot.of(location, loader);
		}
		catch (IOException ex) {
			InvalidIodinePropertyException invalid = new InvalidIodinePropertyException(property, location,
					"an existing directory, such as ./public or classpath:/static/ (" + ex.getMessage() + ")");
			invalid.initCause(ex);
			throw invalid;
		}
	}

}
