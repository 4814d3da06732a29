package io.iodine.upgrade;

import java.util.List;

import io.iodine.Protocol;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.util.PatternMatchUtils;
import org.springframework.web.cors.CorsConfiguration;

/**
 * Checks the origin of the page that sent a request. Browsers let any page open a
 * WebSocket to any server and leave the check to the server (RFC 6455, section 10.2).
 */
public final class Origins {

	private static final String ANY = "*";

	private Origins() {
	}

	/**
	 * Whether a configured value is an origin, a pattern of origins, or {@code *}.
	 * @param value the value
	 * @return false when it would match nothing, because it has no scheme for instance
	 */
	public static boolean isValid(String value) {
		return isAny(value) || Origin.read(value).isPresent();
	}

	/**
	 * Checks a request. The application's own origin always passes, and so do requests
	 * that no page sent. One that names two origins never does (RFC 6454, section 7.3).
	 * @param request the request
	 * @param allowed more origins, possibly with {@code *} for a part of one
	 * @param protocol what the request is to become
	 * @param cors what Spring's configuration of CORS says about the path
	 * @return whether it may connect
	 */
	static boolean allows(HttpRequest request, List<String> allowed, @Nullable Protocol protocol,
			List<CorsConfiguration> cors) {
		List<String> lines = request.getHeaders().getOrEmpty(HttpHeaders.ORIGIN);
		if (lines.size() > 1) {
			return false;
		}
		if (lines.isEmpty() || allowed.stream().anyMatch(Origins::isAny)) {
			return true;
		}
		String origin = lines.get(0);
		return Origin.parse(origin).filter((page) -> isOwn(page, request) || isListed(page, allowed)).isPresent()
				|| cors.stream().anyMatch((configuration) -> allows(configuration, origin, protocol));
	}

	/**
	 * Lets the page that a request comes from read the response (Fetch standard, section
	 * 3.2.3), unless the application's CORS configuration has said so already.
	 * @param request the request, allowed
	 * @param response the headers of the response
	 * @param credentials whether it may be read with cookies
	 */
	public static void admit(HttpRequest request, HttpHeaders response, boolean credentials) {
		String origin = request.getHeaders().getFirst(HttpHeaders.ORIGIN);
		if (origin == null || response.containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
			return;
		}
		response.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
		response.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
		if (credentials) {
			response.set(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
		}
	}

	private static boolean isAny(String value) {
		return value.strip().equals(ANY);
	}

	private static boolean isOwn(Origin page, HttpRequest request) {
		return Origin.of(request.getURI()).filter(page::equals).isPresent();
	}

	private static boolean isListed(Origin page, List<String> allowed) {
		return allowed.stream()
			.flatMap((value) -> Origin.read(value).stream())
			.anyMatch((pattern) -> PatternMatchUtils.simpleMatch(pattern.toString(), page.toString()));
	}

	/**
	 * A wildcard without credentials counts for event streams only: browsers send cookies
	 * with every WebSocket, whatever CORS says.
	 */
	private static boolean allows(CorsConfiguration configuration, String origin, @Nullable Protocol protocol) {
		String answer = configuration.checkOrigin(origin);
		return answer != null && (!answer.equals(ANY) || protocol == Protocol.SSE);
	}

}
