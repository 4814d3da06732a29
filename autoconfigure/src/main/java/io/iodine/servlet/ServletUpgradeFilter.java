package io.iodine.servlet;

import java.io.IOException;
import java.util.function.Function;

import io.iodine.Upgrade;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradePolicy;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * The first filter: gives those behind it the upgrade request, carries out the
 * {@link Upgrade} that one of them, or a functional route, has left on the request, and
 * releases the permit of a request that is not upgraded.
 */
public final class ServletUpgradeFilter implements Filter, Ordered {

	private final ServletUpgradeResponder responder;

	private final UpgradePolicy policy;

	private final ServletCors cors;

	ServletUpgradeFilter(ServletUpgradeResponder responder, UpgradePolicy policy, ServletCors cors) {
		this.cors = cors;
		this.responder = responder;
		this.policy = policy;
	}

	/**
	 * Whether a request has become a connection, whose log is not that of a request.
	 * @param attributes looks an attribute of the request up
	 * @return true from the moment when the connection is accepted
	 */
	public static boolean isUpgraded(Function<String, @Nullable Object> attributes) {
		return attributes.apply(ConnectionOpening.ATTRIBUTE) instanceof ConnectionOpening opening
				&& !opening.isAbandoned();
	}

	/**
	 * Behind the filter that applies forwarded headers, which is the first, and that of
	 * observations, which see the status of the upgrade.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 2;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer
				&& request.getDispatcherType() == DispatcherType.REQUEST) {
			RequestSnapshot snapshot = ServletRequestSource.snapshot(http, this.cors);
			if (snapshot.protocol().isPresent()) {
				upgradeable(http, new UpgradeResponseWrapper(http, answer), snapshot, chain);
				return;
			}
		}
		chain.doFilter(request, response);
	}

	private void upgradeable(HttpServletRequest request, UpgradeResponseWrapper response, RequestSnapshot snapshot,
			FilterChain chain) throws IOException, ServletException {
		boolean returned = false;
		try {
			chain.doFilter(request, response);
			if (response.isAnswered() && !response.isCommitted()) {
				carryOut(request, response);
			}
			returned = true;
		}
		finally {
			if (!returned && request.getAttribute(ConnectionOpening.ATTRIBUTE) instanceof ConnectionOpening opening) {
				opening.abandon();
			}
			snapshot.end();
		}
	}

	private void carryOut(HttpServletRequest request, UpgradeResponseWrapper response)
			throws IOException, ServletException {
		Upgrade answer = (Upgrade) request.getAttribute(Upgrade.ATTRIBUTE);
		request.removeAttribute(Upgrade.ATTRIBUTE);
		response.resetBuffer();
		try {
			this.responder.write(request, response, answer, this.policy);
		}
		catch (IOException | ServletException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new ServletException("An upgrade failed", ex);
		}
	}

}
