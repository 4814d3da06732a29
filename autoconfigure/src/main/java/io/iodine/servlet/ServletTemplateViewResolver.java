package io.iodine.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

import io.iodine.Templates;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.ViewResolver;
import org.springframework.web.servlet.view.AbstractView;

/** Renders the views of Spring MVC that are templates. */
public final class ServletTemplateViewResolver implements ViewResolver, Ordered {

	private final Templates templates;

	/**
	 * Creates the resolver.
	 * @param templates the templates
	 */
	public ServletTemplateViewResolver(Templates templates) {
		this.templates = templates;
	}

	@Override
	public @Nullable View resolveViewName(String viewName, Locale locale) {
		return this.templates.exists(viewName) ? new TemplateView(this.templates, viewName) : null;
	}

	/** Ahead of Boot's own, which would not look partials up in the template's folder. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 20;
	}

	/** A template as a page. */
	private static final class TemplateView extends AbstractView {

		private final Templates templates;

		private final String name;

		TemplateView(Templates templates, String name) {
			super();
			this.templates = templates;
			this.name = name;
			setContentType("text/html;charset=UTF-8");
		}

		@Override
		protected void renderMergedOutputModel(Map<String, Object> model, HttpServletRequest request,
				HttpServletResponse response) throws IOException {
			byte[] page = this.templates.render(this.name, model).getBytes(StandardCharsets.UTF_8);
			setResponseContentType(request, response);
			response.setContentLength(page.length);
			response.getOutputStream().write(page);
		}

	}

}
