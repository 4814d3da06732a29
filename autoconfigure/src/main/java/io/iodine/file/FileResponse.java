package io.iodine.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is answered for a file, for both doors: a status, header fields without
 * {@code Date}, and the pieces of the body.
 *
 * @param status the status
 * @param headers the header fields
 * @param pieces the body, in order; empty for HEAD too
 * @param source where the parts are from; null when there are none
 */
record FileResponse(HttpResponseStatus status, HttpHeaders headers, List<Piece> pieces,
		@Nullable Representation source) {

	private static final String ALLOWED = "GET, HEAD, OPTIONS";

	/** A piece of a body. */
	sealed interface Piece {

	}

	/**
	 * A piece that is no part of the file.
	 *
	 * @param bytes never changed
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Text(byte[] bytes) implements Piece {

		static Text of(String text) {
			return new Text(text.getBytes(StandardCharsets.UTF_8));
		}

	}

	/**
	 * A piece of the file.
	 *
	 * @param range which bytes
	 */
	record Part(ByteRange range) implements Piece {
	}

	/** Answers a request for a public file. */
	static FileResponse to(HttpMethod method, HttpHeaders request, Representation file) {
		if (method.equals(HttpMethod.OPTIONS)) {
			return bodiless(HttpResponseStatus.OK).with(HttpHeaderNames.ALLOW, ALLOWED);
		}
		if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
			return bodiless(HttpResponseStatus.METHOD_NOT_ALLOWED).with(HttpHeaderNames.ALLOW, ALLOWED);
		}
		return to(method, request, file, new Preconditions(file.entityTag(), file.file().modifiedSecond()));
	}

	/** Answers a GET or HEAD of a file with these validators. */
	static FileResponse to(HttpMethod method, HttpHeaders request, Representation file, Preconditions preconditions) {
		return switch (preconditions.judge(request)) {
			case FAILED -> bodiless(HttpResponseStatus.PRECONDITION_FAILED);
			case NOT_MODIFIED -> notModified(file);
			case PERFORM -> perform(method, request, file, preconditions);
		};
	}

	/** The whole file, whatever the request says. */
	static FileResponse whole(HttpMethod method, HttpResponseStatus status, Representation file) {
		long size = file.file().size();
		FileResponse answer = new FileResponse(status, copyOf(file.fields()),
				(method.equals(HttpMethod.HEAD) || size == 0) ? List.of()
						: List.of(new Part(new ByteRange(0, size - 1))),
				file);
		return answer.with(HttpHeaderNames.CONTENT_LENGTH, size);
	}

	/** An error in words. */
	static FileResponse error(HttpMethod method, HttpResponseStatus status) {
		Text text = Text.of(status + "\n");
		FileResponse answer = new FileResponse(status, newHeaders(),
				method.equals(HttpMethod.HEAD) ? List.of() : List.of(text), null);
		return answer.with(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
			.with(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
			.with(HttpHeaderNames.CONTENT_LENGTH, text.bytes().length);
	}

	FileResponse with(CharSequence name, Object value) {
		this.headers.set(name, value);
		return this;
	}

	private static FileResponse perform(HttpMethod method, HttpHeaders request, Representation file,
			Preconditions preconditions) {
		String range = request.get(HttpHeaderNames.RANGE);
		if (range == null || !method.equals(HttpMethod.GET)
				|| !preconditions.allowsRange(request, HttpDate.now().second())) {
			return whole(method, HttpResponseStatus.OK, file);
		}
		Optional<List<ByteRange>> ranges = ByteRange.parse(range, file.file().size());
		if (ranges.isEmpty()) {
			return whole(method, HttpResponseStatus.OK, file);
		}
		return switch (ranges.get().size()) {
			case 0 -> bodiless(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
				.with(HttpHeaderNames.CONTENT_RANGE, ByteRange.unsatisfied(file.file().size()))
				.with(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES);
			case 1 -> part(file, ranges.get().get(0));
			default -> parts(file, ranges.get());
		};
	}

	private static FileResponse part(Representation file, ByteRange range) {
		FileResponse answer = new FileResponse(HttpResponseStatus.PARTIAL_CONTENT, copyOf(file.fields()),
				List.of(new Part(range)), file);
		return answer.with(HttpHeaderNames.CONTENT_RANGE, range.contentRange(file.file().size()))
			.with(HttpHeaderNames.CONTENT_LENGTH, range.length());
	}

	private static FileResponse parts(Representation file, List<ByteRange> ranges) {
		String boundary = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
		List<Piece> pieces = new ArrayList<>();
		long length = 0;
		for (ByteRange range : ranges) {
			Text heading = Text.of((pieces.isEmpty() ? "" : "\r\n") + "--" + boundary + "\r\ncontent-type: "
					+ file.fields().get(HttpHeaderNames.CONTENT_TYPE) + "\r\ncontent-range: "
					+ range.contentRange(file.file().size()) + "\r\n\r\n");
			pieces.add(heading);
			pieces.add(new Part(range));
			length += heading.bytes().length + range.length();
		}
		Text end = Text.of("\r\n--" + boundary + "--\r\n");
		pieces.add(end);
		FileResponse answer = new FileResponse(HttpResponseStatus.PARTIAL_CONTENT, copyOf(file.fields()), pieces, file);
		return answer.with(HttpHeaderNames.CONTENT_TYPE, "multipart/byteranges; boundary=" + boundary)
			.with(HttpHeaderNames.CONTENT_LENGTH, length + end.bytes().length);
	}

	private static FileResponse notModified(Representation file) {
		HttpHeaders headers = copyOf(file.fields());
		// RFC 9110, section 15.4.5: what describes the content stays away
		headers.remove(HttpHeaderNames.CONTENT_TYPE).remove(HttpHeaderNames.CONTENT_ENCODING);
		return new FileResponse(HttpResponseStatus.NOT_MODIFIED, headers, List.of(), null);
	}

	private static FileResponse bodiless(HttpResponseStatus status) {
		return new FileResponse(status, newHeaders(), List.of(), null).with(HttpHeaderNames.CONTENT_LENGTH, 0);
	}

	private static HttpHeaders copyOf(HttpHeaders fields) {
		return newHeaders().set(fields);
	}

	private static HttpHeaders newHeaders() {
		return DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
	}

}
