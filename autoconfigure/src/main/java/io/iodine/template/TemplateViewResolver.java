package io.iodine.template;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

import io.iodine.Templates;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.result.view.AbstractView;
import org.springframework.web.reactive.result.view.View;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ServerWebExchange;

/** Renders the views of WebFlux that are templates. */
public final class TemplateViewResolver implements ViewResolver, Ordered {

	private final Templates templates;

	/**
	 * Creates the resolver.
	 * @param templates the templates
	 */
	public TemplateViewResolver(Templates templates) {
		this.templates = templates;
	}

	@Override
	public Mono<View> resolveViewName(String viewName, Locale locale) {
		return this.templates.exists(viewName) ? Mono.just(new TemplateView(this.templates, viewName)) : Mono.empty();
	}

	/** Ahead of Boot's own, which would not look partials up in the template's folder. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 20;
	}

	/** A template as a page. */
	private static final class TemplateView extends AbstractView {

		private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

		private final Templates templates;

		private final String name;

		TemplateView(Templates templates, String name) {
			this.templates = templates;
			this.name = name;
		}

		@Override
		protected Mono<Void> renderInternal(Map<String, Object> model, @Nullable MediaType contentType,
				ServerWebExchange exchange) {
			return exchange.getResponse().writeWith(Mono.fromCallable(() -> page(model, exchange)));
		}

		private DataBuffer page(Map<String, Object> model, ServerWebExchange exchange) {
			byte[] page = this.templates.render(this.name, model).getBytes(StandardCharsets.UTF_8);
			exchange.getResponse().getHeaders().setContentType(HTML);
			return exchange.getResponse().bufferFactory().wrap(page);
		}

	}

}
