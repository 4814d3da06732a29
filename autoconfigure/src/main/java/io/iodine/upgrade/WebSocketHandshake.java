package io.iodine.upgrade;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import io.iodine.Upgrade;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatus;

/** The opening handshake of RFC 6455, section 4.2. */
final class WebSocketHandshake {

	static final String KEY = "Sec-WebSocket-Key";

	private static final String VERSION = "Sec-WebSocket-Version";

	private static final String SUPPORTED_VERSION = "13";

	private static final int KEY_BYTES = 16;

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private WebSocketHandshake() {
	}

	/**
	 * Finds what is wrong with a handshake.
	 * @param request the request
	 * @param extensions whether extensions are negotiated
	 * @return the refusal it deserves; empty when it is sound
	 */
	static Optional<Upgrade> rejection(HttpRequest request, boolean extensions) {
		HttpHeaders headers = request.getHeaders();
		if (!HttpMethod.GET.equals(request.getMethod())) {
			return Optional.of(bad("a WebSocket handshake is a GET"));
		}
		List<String> versions = headers.getOrEmpty(VERSION);
		if (!versions.equals(List.of(SUPPORTED_VERSION))) {
			return Optional
				.of(Upgrade.reject(HttpStatus.UPGRADE_REQUIRED.value(), "WebSocket version 13 is spoken here")
					.header(HttpHeaders.UPGRADE, "websocket")
					.header(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE)
					.header(VERSION, SUPPORTED_VERSION));
		}
		List<String> keys = headers.getOrEmpty(KEY);
		if (keys.size() != 1 || !isKey(keys.get(0))) {
			return Optional.of(bad(KEY + " must be 16 bytes in Base64"));
		}
		if (extensions && ExtensionOffer.parse(headers.getOrEmpty(ExtensionOffer.HEADER)).isEmpty()) {
			return Optional.of(bad(ExtensionOffer.HEADER + " is malformed"));
		}
		return Optional.empty();
	}

	/**
	 * Chooses a subprotocol.
	 * @param offered by the client, in its order
	 * @param spoken by the handler, in its order
	 * @return the first spoken that was offered
	 */
	static @Nullable String subprotocol(List<String> offered, List<String> spoken) {
		return spoken.stream().filter(offered::contains).findFirst().orElse(null);
	}

	static String accept(String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has SHA-1", ex);
		}
	}

	private static boolean isKey(String key) {
		try {
			return Base64.getDecoder().decode(key).length == KEY_BYTES;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private static Upgrade bad(String what) {
		return Upgrade.reject(HttpStatus.BAD_REQUEST.value(), what);
	}

}
