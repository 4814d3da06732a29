package io.iodine.accesslog;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The values of a line of the access log. Values sent by clients are unescaped; formats
 * escape them.
 *
 * @param epochMillis when it happened
 * @param address the client's address, without port
 * @param user the authenticated user, or null
 * @param method the method of a request, {@code OPEN} or {@code CLOSE} of a connection
 * @param target what was asked for
 * @param protocol the protocol, as in {@code HTTP/1.1} or {@code WEBSOCKET}
 * @param status the status of the answer, or the code a connection was closed with
 * @param bytes the bytes of content sent
 * @param elapsed how long it took
 * @param referrer the Referer header, or null
 * @param userAgent the User-Agent header, or null
 * @param end how a connection ended, or null
 * @param requestId the id of the request, or null
 */
record AccessEntry(long epochMillis, String address, @Nullable String user, String method, String target,
		String protocol, int status, long bytes, Duration elapsed, @Nullable String referrer,
		@Nullable String userAgent, @Nullable End end, @Nullable String requestId) {

	/**
	 * How a connection ended.
	 *
	 * @param id the connection's id
	 * @param cause who closed it, and why
	 * @param reason the text that was given
	 * @param messagesIn messages received
	 * @param bytesIn bytes received
	 * @param messagesOut messages sent
	 */
	record End(String id, String cause, String reason, long messagesIn, long bytesIn, long messagesOut) {

	}

}
