package io.iodine.autoconfigure;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import com.samskivert.mustache.Mustache;
import io.iodine.Templates;
import io.iodine.servlet.ServletTemplateViewResolver;
import io.iodine.template.MustacheTemplates;
import io.iodine.template.TemplateFiles;
import io.iodine.template.TemplateViewResolver;
import jakarta.servlet.Servlet;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

/** Auto-configures Mustache templates, for messages and for views. */
@AutoConfiguration(beforeName = { "org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration",
		"org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration" })
@ConditionalOnClass(Mustache.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "iodine.templates.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TemplateProperties.class)
public final class IodineTemplateAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(Templates.class)
	MustacheTemplates iodineTemplates(TemplateProperties properties, ResourceLoader loader, Environment environment) {
		TemplateFiles files = new TemplateFiles(loader,
				environment.getProperty("spring.mustache.prefix", "classpath:/templates/"),
				environment.getProperty("spring.mustache.suffix", ".mustache"),
				environment.getProperty("spring.mustache.charset", Charset.class, StandardCharsets.UTF_8));
		return new MustacheTemplates(files, properties.cache());
	}

	/** Views of WebFlux. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherHandler.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class WebFlux {

		@Bean
		@ConditionalOnMissingBean
		TemplateViewResolver iodineTemplateViewResolver(Templates templates) {
			return new TemplateViewResolver(templates);
		}

	}

	/** Views of Spring MVC. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ DispatcherServlet.class, Servlet.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class Mvc {

		@Bean
		@ConditionalOnMissingBean
		ServletTemplateViewResolver iodineServletTemplateViewResolver(Templates templates) {
			return new ServletTemplateViewResolver(templates);
		}

	}

}
