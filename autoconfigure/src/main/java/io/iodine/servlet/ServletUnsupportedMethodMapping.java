package io.iodine.servlet;

import java.util.Set;
import java.util.stream.Collectors;

import io.iodine.upgrade.UpgradeRoutes;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Answers methods that {@code @UpgradeHandler} beans don't serve, as mappings of Spring's
 * do: OPTIONS with the methods that are served, and others with 405 (RFC 9110, section
 * 15.5.6). It stands behind the mappings of the application, so that a controller at the
 * same path serves what it likes.
 */
public final class ServletUnsupportedMethodMapping extends AbstractHandlerMapping {

	private final ServletUpgradeMapping handlers;

	ServletUnsupportedMethodMapping(ServletUpgradeMapping handlers) {
		this.handlers = handlers;
		// just ahead of static resources, which know only GET and HEAD
		setOrder(Ordered.LOWEST_PRECEDENCE - 2);
	}

	@Override
	protected @Nullable HttpRequestHandler getHandlerInternal(HttpServletRequest request)
			throws HttpRequestMethodNotSupportedException {
		HttpMethod method = HttpMethod.valueOf(request.getMethod());
		if (HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method)
				|| request.getDispatcherType() != DispatcherType.REQUEST
				|| RequestContextUtils.findWebApplicationContext(request) != obtainApplicationContext()) {
			return null;
		}
		UpgradeRoutes routes = this.handlers.routes();
		Set<HttpMethod> served = routes
			.methods(ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication());
		if (served.isEmpty()) {
			return null;
		}
		Set<String> names = served.stream().map(HttpMethod::name).collect(Collectors.toSet());
		if (!HttpMethod.OPTIONS.equals(method)) {
			throw new HttpRequestMethodNotSupportedException(method.name(), names);
		}
		return (options, response) -> response.setHeader(HttpHeaders.ALLOW, String.join(", ", names));
	}

}
