package io.iodine.edge;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Why a request is refused: the status of the answer, and a sentence for its body and the
 * log, which repeats nothing of what the client sent.
 */
enum RejectedRequest {

	LINE_END(400, "a line must end in CR LF"), REQUEST_LINE(400, "malformed request line"),
	TARGET(400, "malformed request target"), HEADER_NAME(400, "malformed header name"),
	HEADER_DISGUISED(400, "underscore for a hyphen in a header name"), HEADER_VALUE(400, "malformed header value"),
	FOLDED_HEADER(400, "folded header line"), HOST_MISSING(400, "Host is missing"),
	HOST_REPEATED(400, "Host is given more than once"), HOST_INVALID(400, "invalid Host"),
	LENGTH_REPEATED(400, "Content-Length is given more than once"), LENGTH_INVALID(400, "invalid Content-Length"),
	LENGTH_AND_ENCODING(400, "both Content-Length and Transfer-Encoding"),
	ENCODING_NOT_FINAL(400, "Transfer-Encoding must end in one chunked"),
	ENCODING_IN_HTTP_1_0(400, "Transfer-Encoding needs HTTP/1.1"), CHUNK(400, "malformed chunk"),
	CHUNK_EXTENSION(400, "malformed or too long chunk extension"), TRAILER(400, "forbidden trailer field"),
	UNDECODABLE(400, "malformed request"), HEADER_TIMEOUT(408, "the request header took too long"),
	BODY_TIMEOUT(408, "the request body took too long"), BODY_TOO_LARGE(413, "the request body is too large"),
	TARGET_TOO_LONG(414, "the request line is too long"), EXPECTATION(417, "unknown expectation"),
	HEADER_LINE_TOO_LONG(431, "a header line is too long"), HEADERS_TOO_LARGE(431, "the headers are too large"),
	TOO_MANY_HEADERS(431, "too many header lines"), CONNECT(501, "CONNECT is not supported"),
	METHOD_TOO_LONG(501, "unknown method"), ENCODING_UNKNOWN(501, "unsupported Transfer-Encoding"),
	VERSION(505, "only HTTP/1.0 and HTTP/1.1 are supported");

	private final int status;

	private final String reason;

	RejectedRequest(int status, String reason) {
		this.status = status;
		this.reason = reason;
	}

	HttpResponseStatus status() {
		return HttpResponseStatus.valueOf(this.status);
	}

	String reason() {
		return this.reason;
	}

}
