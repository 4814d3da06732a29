package io.iodine;

/**
 * Renders Mustache templates, for messages and pages alike. A bean, where JMustache is on
 * the class path. Thread-safe. Templates are read once and kept, unless
 * {@code iodine.templates.cache} is false.
 * <p>
 * A name such as {@code chat/message} is that of a file below
 * {@code spring.mustache.prefix}, without its suffix. A partial is looked up in the
 * folder of the template that includes it; a name that begins with a slash, from the
 * root. Values are escaped for HTML, except in triple braces; a value that is missing is
 * empty, but a partial that is missing is an error.
 */
public interface Templates {

	/**
	 * Renders a template.
	 * @param name its name
	 * @param data the values: a map, a record, or any object with accessors
	 * @return the text
	 * @throws IllegalArgumentException when the template or one of its partials does not
	 * exist, is outside of the root, or is no valid template
	 */
	String render(String name, Object data);

	/**
	 * Renders a template that is no file. Its partials are those of the root.
	 * @param template the template itself
	 * @param data the values
	 * @return the text
	 * @throws IllegalArgumentException when it is no valid template, or a partial does
	 * not exist
	 */
	String renderText(String template, Object data);

	/**
	 * Whether there is a template.
	 * @param name its name
	 * @return whether there is
	 */
	boolean exists(String name);

}
