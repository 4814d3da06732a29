package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Mustache templates. Their folder and suffix are spring.mustache.prefix and
 * spring.mustache.suffix.
 *
 * @param enabled Whether there is a Templates bean, where JMustache is on the class path.
 * @param cache Whether a template is read once, and not each time that it is rendered.
 */
@ConfigurationProperties("iodine.templates")
record TemplateProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean cache) {
}
