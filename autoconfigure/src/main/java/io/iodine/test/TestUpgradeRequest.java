package io.iodine.test;

import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.Protocol;
import io.iodine.UpgradeRequest;
import io.iodine.header.CommaSeparatedList;
import org.jspecify.annotations.Nullable;

/**
 * An upgrade request for tests of an {@code Upgrader}, without a server. Immutable but
 * for its attributes; each method answers a new request.
 */
public final class TestUpgradeRequest implements UpgradeRequest {

	private final URI uri;

	private final @Nullable Protocol protocol;

	private final Map<String, String> pathVariables;

	private final Map<String, List<String>> headers;

	private final @Nullable String pathPattern;

	private final @Nullable Principal principal;

	private final @Nullable SocketAddress remoteAddress;

	private final Map<String, Object> attributes;

	private TestUpgradeRequest(URI uri, @Nullable Protocol protocol, Map<String, String> pathVariables,
			Map<String, List<String>> headers, @Nullable String pathPattern, @Nullable Principal principal,
			@Nullable SocketAddress remoteAddress, Map<String, Object> attributes) {
		this.uri = uri;
		this.protocol = protocol;
		this.pathVariables = pathVariables;
		this.headers = headers;
		this.pathPattern = pathPattern;
		this.principal = principal;
		this.remoteAddress = remoteAddress;
		this.attributes = attributes;
	}

	/**
	 * A WebSocket handshake.
	 * @param uri path and query
	 * @return the request
	 */
	public static TestUpgradeRequest webSocket(String uri) {
		return of(uri, Protocol.WEBSOCKET);
	}

	/**
	 * A request for an event stream.
	 * @param uri path and query
	 * @return the request
	 */
	public static TestUpgradeRequest eventStream(String uri) {
		return of(uri, Protocol.SSE);
	}

	/**
	 * A request of a protocol.
	 * @param uri path and query
	 * @param protocol the protocol; null when the request can't be upgraded
	 * @return the request
	 */
	public static TestUpgradeRequest of(String uri, @Nullable Protocol protocol) {
		return new TestUpgradeRequest(URI.create(uri), protocol, Map.of(), new TreeMap<>(String.CASE_INSENSITIVE_ORDER),
				null, null, null, new ConcurrentHashMap<>());
	}

	/**
	 * Adds a header field.
	 * @param name the name; case is ignored
	 * @param value the value
	 * @return a new request
	 */
	public TestUpgradeRequest header(String name, String value) {
		Map<String, List<String>> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		more.putAll(this.headers);
		List<String> values = new ArrayList<>(more.getOrDefault(name, List.of()));
		values.add(value);
		more.put(name, List.copyOf(values));
		return new TestUpgradeRequest(this.uri, this.protocol, this.pathVariables, more, this.pathPattern,
				this.principal, this.remoteAddress, this.attributes);
	}

	/**
	 * Sets a path variable.
	 * @param name its name
	 * @param value its value
	 * @return a new request
	 */
	public TestUpgradeRequest pathVariable(String name, String value) {
		Map<String, String> more = new LinkedHashMap<>(this.pathVariables);
		more.put(name, value);
		return new TestUpgradeRequest(this.uri, this.protocol, more, this.headers, this.pathPattern, this.principal,
				this.remoteAddress, this.attributes);
	}

	/**
	 * Sets the pattern of the handler's path.
	 * @param pattern the pattern
	 * @return a new request
	 */
	public TestUpgradeRequest pathPattern(String pattern) {
		return new TestUpgradeRequest(this.uri, this.protocol, this.pathVariables, this.headers, pattern,
				this.principal, this.remoteAddress, this.attributes);
	}

	/**
	 * Sets the authenticated user.
	 * @param user the user
	 * @return a new request
	 */
	public TestUpgradeRequest principal(Principal user) {
		return new TestUpgradeRequest(this.uri, this.protocol, this.pathVariables, this.headers, this.pathPattern, user,
				this.remoteAddress, this.attributes);
	}

	/**
	 * Sets the name of the authenticated user.
	 * @param name the name
	 * @return a new request
	 */
	public TestUpgradeRequest principal(String name) {
		return principal(new NamedPrincipal(name));
	}

	/**
	 * Sets the address of the client.
	 * @param address the address
	 * @return a new request
	 */
	public TestUpgradeRequest remoteAddress(SocketAddress address) {
		return new TestUpgradeRequest(this.uri, this.protocol, this.pathVariables, this.headers, this.pathPattern,
				this.principal, address, this.attributes);
	}

	@Override
	public Optional<Protocol> protocol() {
		return Optional.ofNullable(this.protocol);
	}

	@Override
	public URI uri() {
		return this.uri;
	}

	@Override
	public String path() {
		return this.uri.getPath();
	}

	@Override
	public Optional<String> pathPattern() {
		return Optional.ofNullable(this.pathPattern);
	}

	@Override
	public Optional<String> pathVariable(String name) {
		return Optional.ofNullable(this.pathVariables.get(name));
	}

	@Override
	public Map<String, List<String>> queryParams() {
		String query = this.uri.getRawQuery();
		if (query == null || query.isEmpty()) {
			return Map.of();
		}
		Map<String, List<String>> params = new LinkedHashMap<>();
		for (String pair : query.split("&", -1)) {
			int equals = pair.indexOf('=');
			String name = decode((equals < 0) ? pair : pair.substring(0, equals));
			params.computeIfAbsent(name, (first) -> new ArrayList<>())
				.add((equals < 0) ? "" : decode(pair.substring(equals + 1)));
		}
		return Collections.unmodifiableMap(params);
	}

	@Override
	public Optional<String> queryParam(String name) {
		return Optional.ofNullable(queryParams().get(name)).map((values) -> values.get(0));
	}

	@Override
	public Map<String, List<String>> headers() {
		return Collections.unmodifiableMap(this.headers);
	}

	@Override
	public Optional<String> header(String name) {
		return Optional.ofNullable(this.headers.get(name)).map((values) -> values.get(0));
	}

	@Override
	public Optional<String> cookie(String name) {
		return this.headers.getOrDefault("Cookie", List.of())
			.stream()
			.flatMap((line) -> List.of(line.split(";", -1)).stream())
			.map(String::strip)
			.filter((pair) -> pair.startsWith(name + "="))
			.map((pair) -> pair.substring(name.length() + 1))
			.findFirst();
	}

	@Override
	public List<String> subprotocols() {
		return List.copyOf(CommaSeparatedList.elements(this.headers.getOrDefault("Sec-WebSocket-Protocol", List.of())));
	}

	@Override
	public Optional<String> lastEventId() {
		return header("Last-Event-ID");
	}

	@Override
	public Optional<Principal> principal() {
		return Optional.ofNullable(this.principal);
	}

	@Override
	public Optional<SocketAddress> remoteAddress() {
		return Optional.ofNullable(this.remoteAddress);
	}

	@Override
	public Map<String, Object> attributes() {
		return this.attributes;
	}

	private static String decode(String encoded) {
		return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
	}

	/** A user known by name only. */
	private record NamedPrincipal(String name) implements Principal {

		@Override
		public String getName() {
			return this.name;
		}

	}

}
