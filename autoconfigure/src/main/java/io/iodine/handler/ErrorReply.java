package io.iodine.handler;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The error reply to a failed message, with the fields of RFC 9457.
 *
 * @param status the HTTP status that says the same
 * @param title a short summary of the kind of problem
 * @param detail an explanation of this occurrence, without internals; null for none
 */
public record ErrorReply(int status, String title, @Nullable String detail) {

	static final ErrorReply INTERNAL = new ErrorReply(500, "Internal Server Error", null);

	static final ErrorReply FORBIDDEN = new ErrorReply(403, "Forbidden", null);

	/** Whether access was denied. */
	boolean isDenial() {
		return this.status == 401 || this.status == 403;
	}

	/** Whether the server is to blame. */
	boolean isServerError() {
		return this.status >= 500;
	}

	Map<String, Object> fields() {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("status", this.status);
		fields.put("title", this.title);
		if (this.detail != null) {
			fields.put("detail", this.detail);
		}
		return fields;
	}

}
