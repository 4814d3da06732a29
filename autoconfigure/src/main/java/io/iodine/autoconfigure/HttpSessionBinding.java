package io.iodine.autoconfigure;

import java.io.IOException;

import io.iodine.UpgradeRequest;
import io.iodine.security.BoundSession;
import io.iodine.security.SessionConnections;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;

import org.springframework.core.Ordered;

/** Binds a handshake to its servlet session, if it has one. */
final class HttpSessionBinding implements Filter, Ordered {

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request.getAttribute(UpgradeRequest.ATTRIBUTE) instanceof UpgradeRequest upgrade
				&& upgrade.protocol().isPresent() && request instanceof HttpServletRequest http) {
			HttpSession session = http.getSession(false);
			if (session != null) {
				SessionConnections.bind(upgrade, new BoundSession(session.getId(), true, () -> isLive(session)));
			}
		}
		chain.doFilter(request, response);
	}

	private static boolean isLive(HttpSession session) {
		try {
			return session.getCreationTime() > 0;
		}
		catch (IllegalStateException ex) {
			return false;
		}
	}

	/** Behind all other filters. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
