package io.iodine.upgrade;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.iodine.Protocol;
import io.iodine.UpgradeRequest;
import io.iodine.connection.limit.ConnectionLimiter;
import io.iodine.connection.limit.Permit;
import io.iodine.connection.limit.RejectionReason;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;
import org.springframework.util.StringUtils;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.util.pattern.PathPattern;

/**
 * A request, copied when it is first looked at or taken over: a connection lives for
 * hours and must not hold the request of the server. The headers are kept as one string,
 * a few hundred bytes, and parsed when asked for.
 */
public final class RequestSnapshot implements UpgradeRequest {

	/** Can't occur in a header. */
	private static final char SEPARATOR = '\n';

	private final List<Protocol> protocols;

	private volatile @Nullable Protocol chosen;

	private final boolean extendedConnect;

	private volatile @Nullable Source source;

	private volatile @Nullable Principal principal;

	/** Guarded by this. */
	private @Nullable Permit permit;

	/** Whether the exchange has ended, after which no permit is acquired. */
	private boolean ended;

	private volatile @Nullable Map<String, Object> attributes;

	private @Nullable String pathPattern;

	private Map<String, String> pathVariables = Map.of();

	private String uri = "";

	private String path = "";

	private String headers = "";

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
		return (current != null) ? Optional.of(current)
				: this.protocols.stream().max(Comparator.comparing((protocol) -> protocol != Protocol.RAW));
	}

	@Override
	public URI uri() {
		return URI.create(taken().uri);
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
		Map<String, List<String>> params = new LinkedHashMap<>();
		String query = uri().getRawQuery();
		if (query != null && !query.isEmpty()) {
			for (String pair : StringUtils.tokenizeToStringArray(query, "&")) {
				int equals = pair.indexOf('=');
				String name = decode((equals < 0) ? pair : pair.substring(0, equals));
				String value = (equals < 0) ? "" : decode(pair.substring(equals + 1));
				params.computeIfAbsent(name, (key) -> new ArrayList<>(1)).add(value);
			}
		}
		return readOnly(params);
	}

	@Override
	public Optional<String> queryParam(String name) {
		return queryParams().getOrDefault(name, List.of()).stream().findFirst();
	}

	@Override
	public Map<String, List<String>> headers() {
		Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		String block = taken().headers;
		for (int at = 0; at < block.length();) {
			int nameEnd = block.indexOf(SEPARATOR, at);
			int valueEnd = block.indexOf(SEPARATOR, nameEnd + 1);
			all.computeIfAbsent(block.substring(at, nameEnd), (key) -> new ArrayList<>(1))
				.add(block.substring(nameEnd + 1, valueEnd));
			at = valueEnd + 1;
		}
		return readOnly(all);
	}

	@Override
	public Optional<String> header(String name) {
		return headers().getOrDefault(name, List.of()).stream().findFirst();
	}

	@Override
	public Optional<String> cookie(String name) {
		for (String line : headers().getOrDefault("Cookie", List.of())) {
			for (String pair : StringUtils.tokenizeToStringArray(line, ";")) {
				int equals = pair.indexOf('=');
				if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
					return Optional.of(unquoted(pair.substring(equals + 1).strip()));
				}
			}
		}
		return Optional.empty();
	}

	@Override
	public List<String> subprotocols() {
		List<String> offered = new ArrayList<>();
		for (String line : headers().getOrDefault("Sec-WebSocket-Protocol", List.of())) {
			offered.addAll(List.of(StringUtils.tokenizeToStringArray(line, ",")));
		}
		return Collections.unmodifiableList(offered);
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
	synchronized Optional<RejectionReason> acquirePermit(ConnectionLimiter limiter) {
		Permit current = this.permit;
		if (current == null) {
			current = limiter.acquire(taken().remoteAddress, principal().map(Principal::getName).orElse(null));
			this.permit = current;
		}
		return current.rejection();
	}

	/**
	 * The permit of this request, which the request owns until it is armed.
	 * @return the permit; one that counts nowhere before one was acquired
	 */
	synchronized Permit permit() {
		return (this.permit != null) ? this.permit : Permit.uncounted();
	}

	/**
	 * Releases the permit of a request that goes on to the application, which may acquire
	 * another.
	 */
	public synchronized void releasePermit() {
		permit().release();
		if (!this.ended) {
			this.permit = null;
		}
	}

	/**
	 * Releases the permit for good, because the exchange has ended: by an answer, an
	 * error or because the client is gone.
	 */
	public synchronized void end() {
		this.ended = true;
		Permit last = permit();
		last.release();
		// an upgrade that is still being decided finds it released, and acquires no other
		this.permit = last;
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
	void letGo() {
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
		StringBuilder block = new StringBuilder();
		request.getHeaders()
			.forEach((name, values) -> values
				.forEach((value) -> block.append(name).append(SEPARATOR).append(value).append(SEPARATOR)));
		this.headers = block.toString();
		this.path = source.path();
		this.remoteAddress = source.remoteAddress();
		this.uri = request.getURI().toString();
	}

	private static String decode(String s) {
		try {
			return URLDecoder.decode(s, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return s;
		}
	}

	private static String unquoted(String value) {
		return (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\""))
				? value.substring(1, value.length() - 1) : value;
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
