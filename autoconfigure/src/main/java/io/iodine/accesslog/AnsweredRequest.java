package io.iodine.accesslog;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A request that another server than Reactor Netty has answered.
 *
 * @param peer the other end of the socket, or null
 * @param user the authenticated user, or null
 * @param method the method; null when it could not be parsed
 * @param target the request target; null when it could not be parsed
 * @param protocol the protocol, as in {@code HTTP/1.1}; null when it could not be parsed
 * @param status the status of the response
 * @param bytes the bytes of content sent
 * @param elapsed how long the response took
 * @param requestId the id of the request, or null
 * @param header looks a header of the request up
 */
public record AnsweredRequest(@Nullable SocketAddress peer, @Nullable String user, @Nullable String method,
		@Nullable String target, @Nullable String protocol, int status, long bytes, Duration elapsed,
		@Nullable String requestId, Function<String, @Nullable String> header) {

	AccessEntry entry(boolean forwarded) {
		return new AccessEntry(System.currentTimeMillis(), ClientAddress.of(this.peer, this.header, forwarded),
				this.user, orDash(this.method), orDash(this.target), orDash(this.protocol), this.status, this.bytes,
				this.elapsed, this.header.apply("Referer"), this.header.apply("User-Agent"), null, this.requestId);
	}

	private static String orDash(@Nullable String value) {
		return (value != null && !value.isEmpty()) ? value : "-";
	}

}
