package io.iodine.template;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;

/** Compiles templates whose partials are seen from one folder. */
final class FolderCompiler extends Mustache.Compiler {

	private final MustacheTemplates templates;

	private final String folder;

	private FolderCompiler(Mustache.Compiler settings, MustacheTemplates templates, String folder) {
		super(settings.standardsMode, settings.strictSections, settings.nullValue, settings.missingIsNull,
				settings.emptyStringIsFalse, settings.zeroIsFalse, settings.formatter, settings.escaper,
				settings.loader, settings.collector, settings.delims);
		this.templates = templates;
		this.folder = folder;
	}

	/**
	 * A compiler for a folder. What is missing is empty. The members of package-private
	 * records can be read, as with Boot's own compiler.
	 * @param templates the other templates
	 * @param folder the folder, empty or with a slash at its end
	 * @return the compiler
	 */
	static FolderCompiler of(MustacheTemplates templates, String folder) {
		return new FolderCompiler(Mustache.compiler().defaultValue(""), templates, folder);
	}

	@Override
	public Template loadTemplate(String name) {
		return this.templates.template(TemplateFiles.resolve(this.folder, name));
	}

}
