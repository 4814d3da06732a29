package io.iodine.template;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import io.iodine.Templates;

/** Templates of JMustache. */
public final class MustacheTemplates implements Templates {

	private final TemplateFiles files;

	private final boolean caches;

	private final ConcurrentMap<String, Template> compiled = new ConcurrentHashMap<>();

	/**
	 * Creates the templates.
	 * @param files where they are
	 * @param caches whether each is compiled once, and not each time
	 */
	public MustacheTemplates(TemplateFiles files, boolean caches) {
		this.files = files;
		this.caches = caches;
	}

	@Override
	public String render(String name, Object data) {
		return guarded(name, () -> template(TemplateFiles.resolve("", name)).execute(data));
	}

	@Override
	public String renderText(String template, Object data) {
		return guarded("of a text", () -> FolderCompiler.of(this, "").compile(template).execute(data));
	}

	@Override
	public boolean exists(String name) {
		try {
			return this.files.exists(TemplateFiles.resolve("", name));
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/** Not computed within the map, because a template that fails is to be read again. */
	Template template(String name) {
		Template known = this.compiled.get(name);
		if (known != null) {
			return known;
		}
		Template template = compile(name);
		if (this.caches) {
			this.compiled.put(name, template);
		}
		return template;
	}

	private Template compile(String name) {
		try (Reader text = this.files.open(name)) {
			return FolderCompiler.of(this, TemplateFiles.folder(name)).compile(text);
		}
		catch (MustacheException ex) {
			throw new IllegalArgumentException("The template '" + name + "' is not valid: " + ex.getMessage(), ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The template '" + name + "' can't be read", ex);
		}
	}

	private static String guarded(String name, Supplier<String> rendering) {
		try {
			return rendering.get();
		}
		catch (MustacheException ex) {
			throw new IllegalArgumentException("The template '" + name + "' can't be rendered: " + ex.getMessage(), ex);
		}
		catch (StackOverflowError ex) {
			throw new IllegalArgumentException("The template '" + name + "' includes itself without end", ex);
		}
	}

}
