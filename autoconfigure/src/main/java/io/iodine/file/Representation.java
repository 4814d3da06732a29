package io.iodine.file;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.IllegalReferenceCountException;
import org.jspecify.annotations.Nullable;

/**
 * One version of one file in one coding, with the header fields that never change, and
 * its bytes while they are kept in memory.
 */
final class Representation {

	private final FileResource file;

	private final @Nullable ContentCoding coding;

	private final boolean isPublic;

	private final HttpHeaders fields;

	private final HttpHeaders whole;

	private final String entityTag;

	// guarded by the cache
	private int requests;

	// set by the threads that touch the disk, read by the event loops
	private volatile @Nullable ByteBuf bytes;

	/**
	 * A representation.
	 * @param file the version
	 * @param coding the coding that it is in, null: none
	 * @param entityTag its strong validator
	 * @param common the header fields that it shares with its siblings; copied
	 * @param isPublic whether it may be kept for the next who asks
	 */
	Representation(FileResource file, @Nullable ContentCoding coding, String entityTag, HttpHeaders common,
			boolean isPublic) {
		this.file = file;
		this.coding = coding;
		this.isPublic = isPublic;
		this.entityTag = entityTag;
		this.fields = newHeaders().set(common);
		this.fields.set(HttpHeaderNames.ETAG, new AsciiString(entityTag));
		this.fields.set(HttpHeaderNames.LAST_MODIFIED, HttpDate.of(file.modifiedSecond()).text());
		if (coding != null) {
			this.fields.set(HttpHeaderNames.CONTENT_ENCODING, coding.token());
		}
		this.whole = newHeaders().set(this.fields)
			.set(HttpHeaderNames.CONTENT_LENGTH, new AsciiString(String.valueOf(file.size())));
	}

	FileResource file() {
		return this.file;
	}

	@Nullable ContentCoding coding() {
		return this.coding;
	}

	boolean isPublic() {
		return this.isPublic;
	}

	HttpHeaders fields() {
		return this.fields;
	}

	String entityTag() {
		return this.entityTag;
	}

	/**
	 * The whole content, for the caller to release; null: it is not in memory.
	 */
	@Nullable ByteBuf acquire() {
		ByteBuf kept = this.bytes;
		try {
			return (kept != null) ? kept.retainedDuplicate() : null;
		}
		catch (IllegalReferenceCountException ex) {
			// it was dropped at the same time
			return null;
		}
	}

	/** Keeps the content, which becomes this object's to release. */
	void keep(ByteBuf content) {
		this.bytes = content;
	}

	void drop() {
		ByteBuf kept = this.bytes;
		this.bytes = null;
		if (kept != null) {
			kept.release();
		}
	}

	/** How often it was asked for, by the count of the cache. */
	int requests() {
		return this.requests;
	}

	void requests(int count) {
		this.requests = count;
	}

	/** The header fields of a plain 200 right now. */
	HttpHeaders readyFields() {
		return newHeaders().set(this.whole).add(HttpHeaderNames.DATE, HttpDate.now().text());
	}

	private static HttpHeaders newHeaders() {
		return DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
	}

}
