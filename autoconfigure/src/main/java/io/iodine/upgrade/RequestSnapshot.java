package io.iodine.upgrade;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.iodine.Protocol;
import io.iodine.UpgradeRequest;
import io.iodine.connection.limit.ConnectionLimiter;
import io.iodine.connection.limit.Permit;
import io.iodine.connection.limit.RejectionReason;
import io.iodine.header.CommaSeparatedList;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.util.pattern.PathPattern;

/**
 * A request, copied when it is first looked at or taken over: a connection lives for
 * hours and must not hold the request of the server. The headers are kept as one array, a
 * few hundred bytes, and parsed when asked for.
 */
public final class RequestSnapshot implements UpgradeRequest {

	private static final List<String> SCHEMES = List.of("http", "https");

	private final List<Protocol> protocols;

	private volatile @Nullable Protocol chosen;

	private final boolean extendedConnect;

	private volatile @Nullable Source source;

	private volatile @Nullable Principal principal;

	private volatile RequestPermit permit = new RequestPermit();

	private volatile @Nullable Map<String, Object> attributes;

	private @Nullable String pathPattern;

	private Map<String, String> pathVariables = Map.of();

	/** The whole URI, or its scheme alone when its host and path are known. */
	private String uri = "";

	private String path = "";

	private byte[] headers = HeaderBlock.EMPTY;

	private @Nullable InetSocketAddress remoteAddress;

	/**
	 * Creates the snapshot, which copies nothing yet.
	 * @param source the request
	 * @param protocols what it may be upgraded to, the preferred first
	 */
	public RequestSnapshot(Source source, List<Protocol> protocols) {
		this.source = source;
		this.extendedConnect = source.isExtendedConnect();
		this.protocols = protocols;
	}

	@Override
	public Optional<Protocol> protocol() {
		Protocol current = this.chosen;
		if (current != null || this.protocols.isEmpty()) {
			return Optional.ofNullable(current);
		}
		// every request is asked this
		for (Protocol protocol : this.protocols) {
			if (protocol != Protocol.RAW) {
				return Optional.of(protocol);
			}
		}
		return Optional.of(Protocol.RAW);
	}

	@Override
	public URI uri() {
		String kept = taken().uri;
		return URI.create(SCHEMES.contains(kept) ? kept + "://" + host() + this.path : kept);
	}

	@Override
	public String path() {
		return taken().path;
	}

	@Override
	public Optional<String> pathPattern() {
		Source current = this.source;
		String matched = this.pathPattern;
		return Optional.ofNullable((matched == null && current != null) ? current.matchedPattern() : matched);
	}

	@Override
	public Optional<String> pathVariable(String name) {
		return Optional.ofNullable(this.pathVariables.get(name));
	}

	@Override
	public Map<String, List<String>> queryParams() {
		return readOnly(QueryParams.parse(uri().getRawQuery()));
	}

	@Override
	public Optional<String> queryParam(String name) {
		return queryParams().getOrDefault(name, List.of()).stream().findFirst();
	}

	@Override
	public Map<String, List<String>> headers() {
		return readOnly(block().all());
	}

	@Override
	public Optional<String> header(String name) {
		return block().first(name);
	}

	@Override
	public Optional<String> cookie(String name) {
		return block().cookie(name);
	}

	@Override
	public List<String> subprotocols() {
		return List.copyOf(CommaSeparatedList.elements(block().lines("Sec-WebSocket-Protocol")));
	}

	@Override
	public Optional<String> lastEventId() {
		return header("Last-Event-ID").map(RequestSnapshot::utf8);
	}

	/** Servers read headers as ISO 8859-1, but browsers send this one in UTF-8. */
	private static String utf8(String header) {
		try {
			return StandardCharsets.UTF_8.newDecoder()
				.decode(ByteBuffer.wrap(header.getBytes(StandardCharsets.ISO_8859_1)))
				.toString();
		}
		catch (CharacterCodingException ex) {
			return header;
		}
	}

	@Override
	public Optional<Principal> principal() {
		return Optional.ofNullable(this.principal);
	}

	@Override
	public Optional<SocketAddress> remoteAddress() {
		return Optional.ofNullable(taken().remoteAddress);
	}

	@Override
	public Map<String, Object> attributes() {
		Map<String, Object> current = this.attributes;
		return (current != null) ? current : makeAttributes();
	}

	/**
	 * Sets the principal that Spring Security found.
	 * @param principal the principal
	 */
	public void principal(Principal principal) {
		this.principal = principal;
	}

	/**
	 * What the request may be upgraded to.
	 * @return the protocols, the preferred first
	 */
	public List<Protocol> protocols() {
		return this.protocols;
	}

	/**
	 * Chooses the protocol of an endpoint, or of an answer.
	 * @param protocol the protocol; null for none
	 */
	public void choose(@Nullable Protocol protocol) {
		this.chosen = protocol;
	}

	/** Whether an endpoint or an answer has named the protocol. */
	boolean isChosen() {
		return this.chosen != null;
	}

	/** What Spring's configuration of CORS says about the path. */
	List<CorsConfiguration> cors() {
		Source current = this.source;
		return (current != null) ? current.cors() : List.of();
	}

	/**
	 * Whether the request is an extended CONNECT of HTTP/2 (RFC 8441).
	 * @return false when it is an ordinary request
	 */
	public boolean isExtendedConnect() {
		return this.extendedConnect;
	}

	/**
	 * Acquires the permit of this request, once.
	 * @param limiter grants it
	 * @return why it is not granted
	 */
	Optional<RejectionReason> acquirePermit(ConnectionLimiter limiter) {
		return this.permit
			.acquire(() -> limiter.acquire(taken().remoteAddress, principal().map(Principal::getName).orElse(null)));
	}

	/**
	 * The permit of this request, which the request owns until it is armed.
	 * @return the permit; one that counts nowhere before one was acquired
	 */
	Permit permit() {
		return this.permit.current();
	}

	/**
	 * Releases the permit of a request that goes on to the application, which may acquire
	 * another.
	 */
	public void releasePermit() {
		this.permit.release();
	}

	/**
	 * Releases the permit for good, because the exchange has ended: by an answer, an
	 * error or because the client is gone.
	 */
	public void end() {
		this.permit.end();
		this.permit = RequestPermit.ENDED;
	}

	/**
	 * Sets the pattern that matched.
	 * @param pattern the pattern
	 */
	public void pathPattern(PathPattern pattern) {
		this.pathPattern = pattern.getPatternString();
	}

	/**
	 * Sets the variables of the pattern that matched.
	 * @param variables their decoded values
	 */
	public void pathVariables(Map<String, String> variables) {
		this.pathVariables = Map.copyOf(variables);
	}

	/** Copies what a connection keeps, and drops the reference to the request. */
	void detach() {
		Source current = this.source;
		if (current != null) {
			if (ownAttributes(current).findAny().isPresent()) {
				Map<String, Object> kept = attributes();
				ownAttributes(current).forEach((entry) -> kept.putIfAbsent(entry.getKey(), entry.getValue()));
			}
			take(current);
			if (this.pathPattern == null) {
				this.pathPattern = current.matchedPattern();
			}
			String pattern = this.pathPattern;
			if (pattern != null && this.path.equals(pattern)) {
				this.path = pattern;
			}
			this.source = null;
		}
	}

	private synchronized Map<String, Object> makeAttributes() {
		Map<String, Object> made = this.attributes;
		if (made == null) {
			made = new ConcurrentHashMap<>();
			Source current = this.source;
			if (current != null) {
				Map<String, Object> copy = made;
				ownAttributes(current).forEach((entry) -> copy.put(entry.getKey(), entry.getValue()));
			}
			this.attributes = made;
		}
		return made;
	}

	private static Stream<Map.Entry<String, Object>> ownAttributes(Source source) {
		return source.attributes()
			.entrySet()
			.stream()
			.filter((entry) -> !entry.getKey().startsWith("org.springframework.")
					&& !entry.getKey().startsWith("io.iodine."));
	}

	private RequestSnapshot taken() {
		Source current = this.source;
		if (current != null) {
			take(current);
		}
		return this;
	}

	private synchronized void take(Source source) {
		if (!this.uri.isEmpty()) {
			return;
		}
		HttpRequest request = source.request();
		this.headers = HeaderBlock.bytes(request.getHeaders());
		this.path = source.path();
		this.remoteAddress = source.remoteAddress();
		URI whole = request.getURI();
		boolean known = SCHEMES.contains(String.valueOf(whole.getScheme()))
				&& whole.toString().equals(whole.getScheme() + "://" + host() + this.path);
		this.uri = known ? SCHEMES.get(SCHEMES.indexOf(whole.getScheme())) : whole.toString();
	}

	private HeaderBlock block() {
		return new HeaderBlock(taken().headers);
	}

	private String host() {
		return new HeaderBlock(this.headers).first(HttpHeaders.HOST).orElse("");
	}

	private static Map<String, List<String>> readOnly(Map<String, List<String>> map) {
		map.replaceAll((name, values) -> Collections.unmodifiableList(values));
		return Collections.unmodifiableMap(map);
	}

	/** The request of a server, from which the snapshot is copied. */
	public interface Source {

		/**
		 * The request, after forwarded headers were applied.
		 * @return the request
		 */
		HttpRequest request();

		/**
		 * The path within the application, undecoded.
		 * @return the path
		 */
		String path();

		/**
		 * The client's address, after forwarded headers were applied.
		 * @return the address; null on a Unix socket
		 */
		@Nullable InetSocketAddress remoteAddress();

		/**
		 * The attributes of the exchange, Spring's included.
		 * @return the attributes as they are now
		 */
		Map<String, Object> attributes();

		/**
		 * The path pattern of the controller or functional route that handles the
		 * request.
		 * @return the pattern; null when none has matched
		 */
		@Nullable String matchedPattern();

		/**
		 * What Spring's configuration of CORS says about the path.
		 * @return the configurations that match, possibly none
		 */
		List<CorsConfiguration> cors();

		/**
		 * Whether the request is an extended CONNECT of HTTP/2 (RFC 8441), which its
		 * server has translated to a GET.
		 * @return false when it is an ordinary request
		 */
		boolean isExtendedConnect();

	}

}
