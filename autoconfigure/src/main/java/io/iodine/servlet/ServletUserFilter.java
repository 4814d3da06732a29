package io.iodine.servlet;

import java.io.IOException;
import java.security.Principal;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.core.Ordered;

/**
 * Notes the authenticated user of a request for the access log: behind Spring Security,
 * which alone knows the user, but ahead of the application.
 */
public final class ServletUserFilter implements Filter, Ordered {

	/** The request attribute with the name of the user. */
	public static final String ATTRIBUTE = ServletUserFilter.class.getName();

	/** Behind Spring Security, whose order is -100. */
	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		Principal user = (request instanceof HttpServletRequest http) ? http.getUserPrincipal() : null;
		if (user != null) {
			request.setAttribute(ATTRIBUTE, user.getName());
		}
		chain.doFilter(request, response);
	}

}
