package io.iodine.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.iodine.file.FileRoot;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.boot.web.server.servlet.DocumentRoot;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Keeps the servlet container from serving the directories of files a second time. A
 * container publishes {@code ./public} or {@code ./static} as its document root, hidden
 * files and links to other directories included.
 */
// behind the application's own customizers, which may set a document root
@Order(Ordered.LOWEST_PRECEDENCE)
final class ServletDocumentRoot implements WebServerFactoryCustomizer<ConfigurableServletWebServerFactory> {

	private static final Log logger = LogFactory.getLog(ServletDocumentRoot.class);

	private final StaticRoots roots;

	private @Nullable Path empty;

	ServletDocumentRoot(StaticRoots roots) {
		this.roots = roots;
	}

	@Override
	public void customize(ConfigurableServletWebServerFactory factory) {
		try {
			File configured = factory.getSettings().getDocumentRoot();
			File directory = (configured != null) ? configured : new DocumentRoot(logger).getValidDirectory();
			if (directory != null && directory.isDirectory()) {
				separate(factory, directory.toPath().toRealPath());
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("The document root can't be compared with iodine.static.root", ex);
		}
	}

	private void separate(ConfigurableServletWebServerFactory factory, Path documents) throws IOException {
		FileRoot named = this.roots.namedFiles();
		InvalidIodinePropertyException.unless(named == null || !isWithin(named.directory(), documents),
				"iodine.static.send-file-root", (named != null) ? named.location() : "",
				"a directory outside the document root of the web server (" + documents
						+ "), from which anybody could download its files");
		Path published = this.roots.publicDirectory();
		if (published != null && isWithin(documents, published.toRealPath())) {
			if (this.empty == null) {
				this.empty = Files.createTempDirectory("iodine-document-root-");
			}
			factory.setDocumentRoot(this.empty.toFile());
		}
	}

	private static boolean isWithin(Path directory, Path parent) throws IOException {
		return directory.toRealPath().startsWith(parent);
	}

	/** Removes the directory that took the place of the document root. */
	void removeEmptyDirectory() throws IOException {
		if (this.empty != null) {
			Files.deleteIfExists(this.empty);
		}
	}

}
