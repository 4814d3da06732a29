package io.iodine.file;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Writes the response for a file that the application has named. */
final class SendFileResponder {

	private SendFileResponder() {
	}

	/** The file, under the status and validators that the application has set. */
	static FileResponse of(Lookup.Found found, HttpResponseStatus status, HttpHeaders given, HttpMethod method,
			HttpHeaders request) {
		Representation file = found.preferredBy(request);
		if (file == null) {
			return FileResponse.error(method, HttpResponseStatus.NOT_FOUND);
		}
		boolean isConditional = status.equals(HttpResponseStatus.OK)
				&& (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD));
		if (!isConditional) {
			return FileResponse.whole(method, status, file);
		}
		String tag = given.get(HttpHeaderNames.ETAG, file.entityTag());
		long modified = HttpDate.parse(given.get(HttpHeaderNames.LAST_MODIFIED)).orElse(file.file().modifiedSecond());
		return FileResponse.to(method, request, file, new Preconditions(tag, modified));
	}

}
