package io.iodine.file;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A response with a file, or an error, that is written to a stream. It holds a file or
 * its bytes until it is closed.
 */
public final class StreamedFileResponse implements AutoCloseable {

	private static final int CHUNK = 64 * 1024;

	private final PreparedResponse prepared;

	private final HttpHeaders headers;

	StreamedFileResponse(PreparedResponse prepared, @Nullable HttpHeaders given) {
		this.prepared = prepared;
		this.headers = (given != null) ? FieldMerger.merge(given, prepared.answer()) : prepared.answer().headers();
	}

	/**
	 * The status of the response.
	 * @return the status code
	 */
	public int status() {
		return this.prepared.answer().status().code();
	}

	/**
	 * The header fields of the response.
	 * @return the fields
	 */
	public List<Map.Entry<String, String>> headers() {
		return this.headers.entries();
	}

	/**
	 * Writes the body, in pieces of 64 KiB.
	 * @param out where to
	 * @throws IOException when the file has changed or the client is gone
	 */
	public void writeTo(OutputStream out) throws IOException {
		for (FileResponse.Piece piece : this.prepared.answer().pieces()) {
			if (piece instanceof FileResponse.Part part) {
				write(part.range(), out);
			}
			else {
				out.write(((FileResponse.Text) piece).bytes());
			}
		}
	}

	private void write(ByteRange range, OutputStream out) throws IOException {
		ByteBuf bytes = this.prepared.bytes();
		if (bytes != null) {
			bytes.getBytes(bytes.readerIndex() + Math.toIntExact(range.first()), out, Math.toIntExact(range.length()));
			return;
		}
		OpenFile file = this.prepared.file();
		if (file == null) {
			throw new IllegalStateException("a part has a source");
		}
		byte[] chunk = new byte[(int) Math.min(CHUNK, range.length())];
		for (long sent = 0; sent < range.length();) {
			int count = (int) Math.min(chunk.length, range.length() - sent);
			file.readTo(Unpooled.wrappedBuffer(chunk).clear(), range.first() + sent, count);
			out.write(chunk, 0, count);
			sent += count;
		}
	}

	/** Releases the file. */
	@Override
	public void close() {
		this.prepared.release();
	}

}
