package io.iodine.file;

import java.util.List;
import java.util.Map;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/** Joins the header fields of the application with those of an answer with a file. */
final class FieldMerger {

	private static final List<AsciiString> DESCRIBING = List.of(HttpHeaderNames.CONTENT_TYPE,
			HttpHeaderNames.CONTENT_DISPOSITION, HttpHeaderNames.CONTENT_ENCODING, HttpHeaderNames.CONTENT_LANGUAGE,
			HttpHeaderNames.ETAG, HttpHeaderNames.LAST_MODIFIED, HttpHeaderNames.CACHE_CONTROL,
			HttpHeaderNames.ACCEPT_RANGES);

	private FieldMerger() {
	}

	/**
	 * What the application has set stays; of an error, only what doesn't describe the
	 * file.
	 */
	static HttpHeaders merge(HttpHeaders given, FileResponse answer) {
		given.remove(HttpHeaderNames.TRANSFER_ENCODING).remove(HttpHeaderNames.CONTENT_LENGTH);
		boolean isError = answer.status().code() >= 400;
		if (isError) {
			DESCRIBING.forEach(given::remove);
		}
		boolean isMultipart = answer.pieces().size() > 1;
		String vary = given.get(HttpHeaderNames.VARY);
		for (Map.Entry<String, String> field : answer.headers()) {
			boolean isOurs = field.getKey().equalsIgnoreCase("content-encoding")
					|| (isMultipart && field.getKey().equalsIgnoreCase("content-type"));
			if (isOurs || !given.contains(field.getKey())) {
				given.set(field.getKey(), field.getValue());
			}
		}
		if (vary != null && answer.headers().contains(HttpHeaderNames.VARY)
				&& !given.containsValue(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING, true)) {
			given.add(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
		}
		if (!given.contains(HttpHeaderNames.DATE)) {
			given.set(HttpHeaderNames.DATE, HttpDate.now().text());
		}
		return given;
	}

}
