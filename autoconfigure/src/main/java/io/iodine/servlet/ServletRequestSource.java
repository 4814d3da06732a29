package io.iodine.servlet;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.iodine.Protocol;
import io.iodine.UpgradeRequest;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.RequestedProtocol;
import io.netty.util.NetUtil;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * The servlet request that a snapshot is copied from. Filters may wrap the request, so
 * the snapshot sees the request of the filter or handler that asked last.
 */
final class ServletRequestSource implements RequestSnapshot.Source {

	/** What containers and frameworks keep among the attributes of a request. */
	private static final List<String> FOREIGN_ATTRIBUTES = List.of("jakarta.servlet.", "org.apache.", "org.eclipse.",
			"__spring_");

	private static final String SOURCE = ServletRequestSource.class.getName();

	private volatile HttpServletRequest request;

	private final ServletCors springCors;

	private ServletRequestSource(HttpServletRequest request, ServletCors springCors) {
		this.request = request;
		this.springCors = springCors;
	}

	/** Makes the snapshot of a request, and leaves it there. */
	static RequestSnapshot snapshot(HttpServletRequest request, ServletCors cors) {
		ServletRequestSource source = new ServletRequestSource(request, cors);
		List<Protocol> protocols = RequestedProtocol.of(source.request(), false);
		if ("HTTP/1.0".equals(request.getProtocol())) {
			// whose offers are ignored (RFC 9110, section 7.8)
			protocols = protocols.contains(Protocol.SSE) ? List.of(Protocol.SSE) : List.of();
		}
		RequestSnapshot snapshot = new RequestSnapshot(source, protocols);
		request.setAttribute(SOURCE, source);
		request.setAttribute(UpgradeRequest.ATTRIBUTE, snapshot);
		return snapshot;
	}

	/**
	 * Finds the snapshot of a request that has come through the filter, and has it see
	 * what filters have changed since.
	 * @param request the request
	 * @return the snapshot; null when the request has not come through the filter
	 */
	static @Nullable RequestSnapshot existing(HttpServletRequest request) {
		if (request.getAttribute(SOURCE) instanceof ServletRequestSource source) {
			source.request = request;
		}
		if (!(request.getAttribute(UpgradeRequest.ATTRIBUTE) instanceof RequestSnapshot snapshot)) {
			return null;
		}
		if (request.getUserPrincipal() != null) {
			snapshot.principal(request.getUserPrincipal());
		}
		return snapshot;
	}

	@Override
	public HttpRequest request() {
		return new ServletServerHttpRequest(this.request) {

			@Override
			public URI getURI() {
				try {
					return super.getURI();
				}
				catch (IllegalStateException ex) {
					// a forwarded host is taken as it comes
					throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "the request names no valid URI", ex);
				}
			}

		};
	}

	@Override
	public String path() {
		HttpServletRequest current = this.request;
		if (ServletRequestPathUtils.hasParsedRequestPath(current)) {
			return ServletRequestPathUtils.getParsedRequestPath(current).pathWithinApplication().value();
		}
		try {
			return ServletRequestPathUtils.parseAndCache(current).pathWithinApplication().value();
		}
		finally {
			// the dispatcher parses the path that filters leave
			ServletRequestPathUtils.clearParsedRequestPath(current);
		}
	}

	@Override
	public InetSocketAddress remoteAddress() {
		String host = this.request.getRemoteAddr();
		// none on a Unix socket
		InetAddress address = (host != null) ? NetUtil.createInetAddressFromIpAddressString(host) : null;
		int port = this.request.getRemotePort();
		return (address != null) ? new InetSocketAddress(address, port)
				: InetSocketAddress.createUnresolved(String.valueOf(host), port);
	}

	@Override
	public Map<String, Object> attributes() {
		HttpServletRequest current = this.request;
		Map<String, Object> attributes = new HashMap<>();
		for (String name : Collections.list(current.getAttributeNames())) {
			Object value = current.getAttribute(name);
			if (value != null && FOREIGN_ATTRIBUTES.stream().noneMatch(name::startsWith)) {
				attributes.put(name, value);
			}
		}
		return attributes;
	}

	@Override
	public @Nullable String matchedPattern() {
		Object pattern = this.request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
		if (pattern instanceof PathPattern matched) {
			return matched.getPatternString();
		}
		return (pattern instanceof String text) ? text : null;
	}

	@Override
	public List<CorsConfiguration> cors() {
		return this.springCors.of(this.request);
	}

	@Override
	public boolean isExtendedConnect() {
		return false;
	}

}
