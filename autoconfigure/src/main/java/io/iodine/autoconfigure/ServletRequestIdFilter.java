package io.iodine.autoconfigure;

import java.io.IOException;

import io.iodine.accesslog.RequestId;
import io.micrometer.common.KeyValue;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.MDC;

import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Gives each request of Spring MVC an id: in its attributes, its response, the MDC of its
 * thread, and its observation.
 */
final class ServletRequestIdFilter extends OncePerRequestFilter implements Ordered {

	private final RequestIdProperties properties;

	ServletRequestIdFilter(RequestIdProperties properties) {
		this.properties = properties;
	}

	/** Behind the filter of observations, and ahead of Spring Security. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 10;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String header = this.properties.header();
		String id = RequestId.of(this.properties.trusted() ? request.getHeader(header) : null);
		request.setAttribute(RequestId.NAME, id);
		response.setHeader(header, id);
		ServerHttpObservationFilter.findObservationContext(request)
			.ifPresent((observation) -> observation.addHighCardinalityKeyValue(KeyValue.of(RequestIdFilter.KEY, id)));
		MDC.put(RequestId.NAME, id);
		try {
			chain.doFilter(request, response);
		}
		finally {
			MDC.remove(RequestId.NAME);
		}
	}

}
