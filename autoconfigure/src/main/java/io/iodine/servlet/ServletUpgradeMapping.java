package io.iodine.servlet;

import java.io.IOException;
import java.util.List;

import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.upgrade.RejectedUpgrade;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradeEndpoint;
import io.iodine.upgrade.UpgradeEndpoints;
import io.iodine.upgrade.UpgradePolicy;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Asks {@code @UpgradeHandler} beans, behind all servlet filters and ahead of
 * controllers. A request that a bean declines goes on to the controllers.
 */
public final class ServletUpgradeMapping extends AbstractHandlerMapping {

	private static final int ORDER = -10;

	private final ServletUpgradeResponder responder;

	private final UpgradePolicy defaults;

	private List<UpgradeEndpoint> endpoints = List.of();

	ServletUpgradeMapping(ServletUpgradeResponder responder, UpgradePolicy defaults) {
		this.responder = responder;
		this.defaults = defaults;
		setOrder(ORDER);
	}

	/**
	 * The paths served.
	 * @return the patterns, the most specific first
	 */
	public List<String> paths() {
		return UpgradeEndpoint.paths(this.endpoints);
	}

	@Override
	protected void initApplicationContext() {
		super.initApplicationContext();
		PathPatternParser parser = getPatternParser();
		this.endpoints = new UpgradeEndpoints(obtainApplicationContext(),
				(parser != null) ? parser : PathPatternParser.defaultInstance, this.defaults)
			.find();
	}

	@Override
	protected @Nullable HttpRequestHandler getHandlerInternal(HttpServletRequest request) throws Exception {
		RequestSnapshot snapshot = ServletRequestSource.existing(request);
		if (snapshot == null || request.getDispatcherType() != DispatcherType.REQUEST
				|| RequestContextUtils.findWebApplicationContext(request) != obtainApplicationContext()) {
			return null;
		}
		PathContainer path = ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication();
		for (Protocol protocol : snapshot.protocols()) {
			UpgradeEndpoint endpoint = isServed(protocol, request.getMethod()) ? find(protocol, path) : null;
			if (endpoint != null) {
				snapshot.choose(protocol);
				return handler(request, snapshot, endpoint, path);
			}
		}
		return null;
	}

	private static boolean isServed(Protocol protocol, String method) {
		return protocol != Protocol.SSE || method.equals("GET") || method.equals("HEAD");
	}

	private @Nullable UpgradeEndpoint find(Protocol protocol, PathContainer path) {
		for (UpgradeEndpoint endpoint : this.endpoints) {
			if (endpoint.matches(protocol, path)) {
				return endpoint;
			}
		}
		return null;
	}

	private @Nullable HttpRequestHandler handler(HttpServletRequest request, RequestSnapshot snapshot,
			UpgradeEndpoint endpoint, PathContainer path) throws Exception {
		RejectedUpgrade rejected = this.responder.negotiator()
			.rejection(new ServletServerHttpRequest(request), snapshot, endpoint.terms())
			.orElse(null);
		if (rejected != null) {
			return (req, response) -> this.responder.refuse(req, response, rejected);
		}
		snapshot.pathPattern(endpoint.pattern());
		PathPattern.PathMatchInfo match = endpoint.pattern().matchAndExtract(path);
		if (match != null) {
			snapshot.pathVariables(match.getUriVariables());
		}
		Upgrade answer = this.responder.decided(endpoint.ask(snapshot));
		if (answer instanceof Upgrade.Decline) {
			snapshot.releasePermit();
			return null;
		}
		return (req, response) -> {
			try {
				this.responder.write(req, response, answer, endpoint.terms());
			}
			catch (IOException | ServletException | RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new ServletException("An upgrade failed", ex);
			}
		};
	}

}
