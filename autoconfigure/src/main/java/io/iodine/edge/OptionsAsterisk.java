package io.iodine.edge;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/**
 * What is asked of the server, and of nothing that it has: {@code OPTIONS *} (RFC 9110
 * section 9.3.7). No application has a path for it.
 */
final class OptionsAsterisk {

	private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

	private OptionsAsterisk() {
	}

	static boolean areAskedBy(HttpRequest request) {
		return HttpMethod.OPTIONS.equals(request.method()) && request.uri().equals("*");
	}

	static FullHttpResponse answer() {
		FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT,
				Unpooled.EMPTY_BUFFER);
		answer.headers().set(HttpHeaderNames.ALLOW, METHODS);
		return answer;
	}

}
