package io.iodine.accesslog;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/** The id of a request, shared by its log lines. */
public final class RequestId {

	/** The name of the id among the attributes of a request, and in the MDC. */
	public static final String NAME = "requestId";

	/** What a log line and a response header can hold without being escaped. */
	private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._:/+=@-]{1,128}");

	private static final AttributeKey<String> KEY = AttributeKey.valueOf("io.iodine.accesslog.request-id");

	private RequestId() {
	}

	/**
	 * The id of a request.
	 * @param given what the client sent, if it is to be trusted
	 * @return that, or 16 random hexadecimal digits if it is none
	 */
	public static String of(@Nullable String given) {
		return (given != null && VALID.matcher(given).matches()) ? given
				: HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
	}

	/**
	 * Keeps the id for the line of a request.
	 * @param request the request
	 * @param id its id
	 */
	public static void keep(HttpServerRequest request, String id) {
		request.withConnection((connection) -> connection.channel().attr(KEY).set(id));
	}

	/** The id of the request that is answered now: the server answers one at a time. */
	static @Nullable String take(Channel channel) {
		return channel.hasAttr(KEY) ? channel.attr(KEY).getAndSet(null) : null;
	}

}
