package io.iodine;

import java.net.SocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The request that asks for an upgrade, as it stood behind Spring's filters. It is kept,
 * in compact form, for the whole life of the connection. An argument of controller
 * methods; filters and functional routes find it as exchange attribute
 * {@link #ATTRIBUTE}.
 */
public interface UpgradeRequest {

	/** The exchange attribute under which filters and functional routes find it. */
	String ATTRIBUTE = "io.iodine.upgrade-request";

	/**
	 * What the request may be upgraded to.
	 * @return the protocol; empty when the request can't be upgraded
	 */
	Optional<Protocol> protocol();

	/**
	 * The whole request URI, after forwarded headers were applied.
	 * @return the URI
	 */
	URI uri();

	/**
	 * The path within the application, undecoded, without
	 * {@code spring.webflux.base-path}.
	 * @return the path
	 */
	String path();

	/**
	 * The path pattern that matched, such as <code>/rooms/{id}</code>: one of the few
	 * that the application has, unlike {@link #path()}.
	 * @return the pattern; empty when a filter answered before any was looked for
	 */
	Optional<String> pathPattern();

	/**
	 * A variable of the matched path pattern.
	 * @param name its name
	 * @return its decoded value; empty when the pattern has no such variable
	 */
	Optional<String> pathVariable(String name);

	/**
	 * All decoded query parameters.
	 * @return an unmodifiable map
	 */
	Map<String, List<String>> queryParams();

	/**
	 * The first query parameter of a name.
	 * @param name the name
	 * @return the decoded value, {@code ""} when it had none
	 */
	Optional<String> queryParam(String name);

	/**
	 * All headers.
	 * @return an unmodifiable map whose keys ignore case
	 */
	Map<String, List<String>> headers();

	/**
	 * The first header of a name, which ignores case.
	 * @param name the name
	 * @return the value
	 */
	Optional<String> header(String name);

	/**
	 * A cookie.
	 * @param name the name
	 * @return the value
	 */
	Optional<String> cookie(String name);

	/**
	 * The WebSocket subprotocols that the client offers, its preferred first.
	 * @return an unmodifiable list, empty when it offers none
	 */
	List<String> subprotocols();

	/**
	 * The id of the last event that a returning SSE client has seen (HTML living
	 * standard, section 9.2.4), read as UTF-8.
	 * @return the value of {@code Last-Event-ID}
	 */
	Optional<String> lastEventId();

	/**
	 * Who sends the request, as Spring Security found.
	 * @return the principal
	 */
	Optional<Principal> principal();

	/**
	 * The client's address, after forwarded headers were applied.
	 * @return the address; empty on a Unix socket
	 */
	Optional<SocketAddress> remoteAddress();

	/**
	 * The application's own attributes: those of the exchange, without Spring's. Mutable
	 * and thread-safe.
	 * @return the same map as {@link Connection#attributes()}
	 */
	Map<String, Object> attributes();

}
