package io.iodine.servlet;

import java.io.IOException;
import java.util.List;

import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.upgrade.RejectedUpgrade;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradeEndpoint;
import io.iodine.upgrade.UpgradeEndpoints;
import io.iodine.upgrade.UpgradeNegotiator;
import io.iodine.upgrade.UpgradePolicy;
import io.iodine.upgrade.UpgradeRoutes;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.servlet.HandlerMapping;
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

	private UpgradeRoutes routes = UpgradeRoutes.NONE;

	ServletUpgradeMapping(ServletUpgradeResponder responder, UpgradePolicy defaults) {
		this.responder = responder;
		this.defaults = defaults;
		setOrder(ORDER);
	}

	/**
	 * The routes to handlers.
	 * @return the routes, known once the mapping is initialized
	 */
	public UpgradeRoutes routes() {
		return this.routes;
	}

	@Override
	protected void initApplicationContext() {
		super.initApplicationContext();
		PathPatternParser parser = getPatternParser();
		this.routes = new UpgradeEndpoints(obtainApplicationContext(),
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
		if (CorsUtils.isPreFlightRequest(request)) {
			return preflight(request, snapshot, path);
		}
		UpgradeEndpoint endpoint = this.routes.choose(snapshot, HttpMethod.valueOf(request.getMethod()), path);
		return (endpoint != null) ? handler(request, snapshot, endpoint, path) : null;
	}

	/**
	 * The request before a fetch of an event stream, which carries credentials in a
	 * header for instance. One from an origin that may not connect is left to the
	 * application.
	 */
	private @Nullable Preflight preflight(HttpServletRequest request, RequestSnapshot snapshot, PathContainer path) {
		UpgradeEndpoint endpoint = this.routes.find(Protocol.SSE, path);
		snapshot.choose(Protocol.SSE);
		boolean allowed = endpoint != null
				&& UpgradeNegotiator.isAllowed(new ServletServerHttpRequest(request), snapshot, endpoint.policy());
		snapshot.choose(null);
		return allowed ? new Preflight(request.getHeader(HttpHeaders.ORIGIN), this.responder.allowsCredentials())
				: null;
	}

	private @Nullable HttpRequestHandler handler(HttpServletRequest request, RequestSnapshot snapshot,
			UpgradeEndpoint endpoint, PathContainer path) throws Exception {
		match(request, endpoint.pattern().getPatternString());
		RejectedUpgrade rejected = this.responder.negotiator()
			.rejection(new ServletServerHttpRequest(request), snapshot, endpoint.policy())
			.orElse(null);
		if (rejected != null) {
			return (req, response) -> this.responder.reject(req, response, rejected);
		}
		snapshot.pathPattern(endpoint.pattern());
		PathPattern.PathMatchInfo match = endpoint.pattern().matchAndExtract(path);
		if (match != null) {
			snapshot.pathVariables(match.getUriVariables());
		}
		Upgrade answer = this.responder.decided(endpoint.ask(snapshot));
		if (answer instanceof Upgrade.Decline) {
			snapshot.releasePermit();
			snapshot.choose(null);
			match(request, null);
			return null;
		}
		return (req, response) -> {
			try {
				this.responder.write(req, response, answer, endpoint.policy());
			}
			catch (IOException | ServletException | RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new ServletException("An upgrade failed", ex);
			}
		};
	}

	/** Names the pattern to filters and observations, as mappings of Spring's do. */
	private static void match(HttpServletRequest request, @Nullable String pattern) {
		request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, pattern);
		ServerHttpObservationFilter.findObservationContext(request)
			.ifPresent((observation) -> observation.setPathPattern(pattern));
	}

	/**
	 * Allows an event stream to a page of another origin.
	 *
	 * @param origin the origin
	 * @param credentials whether the page may send cookies
	 */
	private record Preflight(String origin,
			boolean credentials) implements HttpRequestHandler, CorsConfigurationSource {

		@Override
		public CorsConfiguration getCorsConfiguration(HttpServletRequest request) {
			CorsConfiguration configuration = new CorsConfiguration();
			configuration.setAllowedOrigins(List.of(this.origin));
			configuration.setAllowedMethods(List.of(HttpMethod.GET.name(), HttpMethod.HEAD.name()));
			configuration.setAllowedHeaders(List.of(CorsConfiguration.ALL));
			configuration.setAllowCredentials(this.credentials);
			return configuration;
		}

		/** Spring answers a preflight by the configuration, and calls nothing. */
		@Override
		public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
			response.setStatus(HttpServletResponse.SC_OK);
		}

	}

}
