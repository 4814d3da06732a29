package io.iodine.upgrade;

import java.util.List;
import java.util.Set;

import io.iodine.Protocol;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;

/**
 * Routes requests to the {@code @UpgradeHandler} beans of an application.
 *
 * @param endpoints every path of every bean, the most specific first
 */
public record UpgradeRoutes(List<UpgradeEndpoint> endpoints) {

	/** The routes of an application that has no handlers. */
	public static final UpgradeRoutes NONE = new UpgradeRoutes(List.of());

	/**
	 * Finds the endpoint that serves a protocol at a path.
	 * @param protocol the protocol
	 * @param path the path within the application
	 * @return the endpoint; null when no handler serves it
	 */
	public @Nullable UpgradeEndpoint find(Protocol protocol, PathContainer path) {
		for (UpgradeEndpoint endpoint : this.endpoints) {
			if (endpoint.matches(protocol, path)) {
				return endpoint;
			}
		}
		return null;
	}

	/**
	 * Finds the endpoint of a request, and chooses the protocol.
	 * @param request the request
	 * @param method its method; handlers serve event streams to GET and HEAD, as mappings
	 * of Spring do
	 * @param path its path within the application
	 * @return the endpoint; null when no handler serves the request
	 */
	public @Nullable UpgradeEndpoint choose(RequestSnapshot request, HttpMethod method, PathContainer path) {
		for (Protocol protocol : request.protocols()) {
			boolean served = protocol != Protocol.SSE || HttpMethod.GET.equals(method)
					|| HttpMethod.HEAD.equals(method);
			UpgradeEndpoint endpoint = served ? find(protocol, path) : null;
			if (endpoint != null) {
				request.choose(protocol);
				return endpoint;
			}
		}
		return null;
	}

	/**
	 * The methods that handlers serve at a path.
	 * @param path the path within the application
	 * @return the methods; empty when no handler serves the path
	 */
	public Set<HttpMethod> methods(PathContainer path) {
		if (find(Protocol.SSE, path) != null) {
			return Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
		}
		boolean upgrades = find(Protocol.WEBSOCKET, path) != null || find(Protocol.RAW, path) != null;
		return upgrades ? Set.of(HttpMethod.GET, HttpMethod.OPTIONS) : Set.of();
	}

	/**
	 * Whether a plain request to a path is answered by 426. A handler of RAW alone has no
	 * protocol that an answer could name.
	 * @param path the path within the application
	 * @return whether a handler serves WebSockets or event streams there
	 */
	public boolean requiresUpgrade(PathContainer path) {
		return find(Protocol.WEBSOCKET, path) != null || find(Protocol.SSE, path) != null;
	}

	/**
	 * Lists the paths, for a line of a log.
	 * @return the patterns
	 */
	public List<String> paths() {
		return this.endpoints.stream().map((endpoint) -> endpoint.pattern().getPatternString()).distinct().toList();
	}

}
