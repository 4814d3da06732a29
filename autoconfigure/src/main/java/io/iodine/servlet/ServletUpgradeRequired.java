package io.iodine.servlet;

import java.io.IOException;
import java.io.UncheckedIOException;

import io.iodine.upgrade.UpgradeNegotiator;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Answers a plain request to the path of a handler, which nothing else serves, with 426
 * instead of 404, and says how to connect (RFC 9110, section 15.5.22).
 */
public final class ServletUpgradeRequired implements HandlerExceptionResolver, Ordered {

	private final ApplicationContext context;

	private final ServletUpgradeMapping handlers;

	ServletUpgradeRequired(ApplicationContext context, ServletUpgradeMapping handlers) {
		this.context = context;
		this.handlers = handlers;
	}

	/** Ahead of Spring's own, which answer 404. */
	@Override
	public int getOrder() {
		return -1;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception failure) {
		boolean isMissing = failure instanceof NoResourceFoundException || failure instanceof NoHandlerFoundException;
		boolean isPlain = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
		// a management server on a port of its own serves no handlers
		if (!isMissing || !isPlain || RequestContextUtils.findWebApplicationContext(request) != this.context
				|| !ServletRequestPathUtils.hasParsedRequestPath(request) || !this.handlers.routes()
					.requiresUpgrade(ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication())) {
			return null;
		}
		try {
			ServletUpgradeResponder.reject(response, UpgradeNegotiator.upgradeRequired());
			return new ModelAndView();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
