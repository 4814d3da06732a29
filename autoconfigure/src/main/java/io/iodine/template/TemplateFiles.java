package io.iodine.template;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;

import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.StringUtils;

/**
 * Location of templates.
 *
 * @param loader reads them
 * @param prefix what comes before a name, such as {@code classpath:/templates/}
 * @param suffix what comes after it, such as {@code .mustache}
 * @param charset how they are encoded
 */
public record TemplateFiles(ResourceLoader loader, String prefix, String suffix, Charset charset) {

	/**
	 * The name of a template as it is seen from a folder.
	 * @param folder the folder, empty or with a slash at its end
	 * @param name the name, which begins with a slash if it is seen from the root
	 * @return the name as seen from the root
	 * @throws IllegalArgumentException when it is outside of the root
	 */
	static String resolve(String folder, String name) {
		boolean isAbsolute = name.startsWith("/");
		String path = isAbsolute ? name.substring(1) : folder + name;
		String clean = StringUtils.cleanPath(path);
		if (clean.isEmpty() || clean.startsWith("..") || clean.startsWith("/") || clean.indexOf(':') >= 0
				|| clean.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("The template '" + name + "' is outside of the folder of templates");
		}
		return clean;
	}

	/** The folder of a template, with a slash at its end, or empty. */
	static String folder(String name) {
		return name.substring(0, name.lastIndexOf('/') + 1);
	}

	boolean exists(String name) {
		return resource(name).isReadable();
	}

	Reader open(String name) {
		Resource resource = resource(name);
		if (!resource.isReadable()) {
			throw new IllegalArgumentException(
					"There is no template '" + name + "' (" + this.prefix + name + this.suffix + ")");
		}
		try {
			return new InputStreamReader(resource.getInputStream(), this.charset);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The template '" + name + "' can't be read", ex);
		}
	}

	private Resource resource(String name) {
		String suffixed = name.endsWith(this.suffix) ? name : name + this.suffix;
		return this.loader.getResource(this.prefix + suffixed);
	}

}
