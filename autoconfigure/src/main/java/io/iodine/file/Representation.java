package io.iodine.file;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
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

	private final String entityTag;

	// set by the threads that touch the disk, read by the event loops
	private volatile @Nullable ByteBuf bytes;

	private volatile @Nullable ReadyHead readyHead;

	/**
	 * A representation.
	 * @param file the version
	 * @param coding the coding that it is in, null: none
	 * @param common the header fields that it shares with its siblings; copied
	 * @param isPublic whether it may be kept for the next who asks
	 */
	Representation(FileResource file, @Nullable ContentCoding coding, HttpHeaders common, boolean isPublic) {
		this.file = file;
		this.coding = coding;
		this.isPublic = isPublic;
		this.entityTag = file.entityTag(coding);
		this.fields = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders().set(common);
		this.fields.set(HttpHeaderNames.ETAG, this.entityTag);
		this.fields.set(HttpHeaderNames.LAST_MODIFIED, HttpDate.of(file.modifiedSecond()).text());
		if (coding != null) {
			this.fields.set(HttpHeaderNames.CONTENT_ENCODING, coding.token());
		}
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

	/** The whole content, to be duplicated; it is never released. */
	@Nullable ByteBuf bytes() {
		return this.bytes;
	}

	void keep(ByteBuf bytes) {
		this.bytes = bytes;
	}

	void drop() {
		this.bytes = null;
	}

	/** The header fields of a plain 200 at this second: shared, not to be changed. */
	HttpHeaders readyFields() {
		HttpDate date = HttpDate.now();
		ReadyHead ready = this.readyHead;
		if (ready == null || ready.date().second() != date.second()) {
			HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
			headers.set(this.fields);
			headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(this.file.size()));
			headers.set(HttpHeaderNames.DATE, date.text());
			ready = new ReadyHead(date, headers);
			this.readyHead = ready;
		}
		return ready.headers();
	}

	/**
	 * The fields as they are in one second.
	 *
	 * @param date the second
	 * @param headers the fields
	 */
	private record ReadyHead(HttpDate date, HttpHeaders headers) {
	}

}
