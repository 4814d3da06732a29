package io.iodine.file;

import java.io.IOException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.stream.ChunkedInput;
import org.jspecify.annotations.Nullable;

/**
 * A range of a file in chunks of 64 KiB, for TLS and HTTP/2 where the kernel can't send
 * the file by itself. Fails when the file has become shorter, where Netty's own would
 * send empty chunks for ever.
 */
final class FileChunks implements ChunkedInput<HttpContent> {

	private static final int CHUNK = 64 * 1024;

	private final OpenFile file;

	private final ByteRange range;

	private long sent;

	private boolean closed;

	FileChunks(OpenFile file, ByteRange range) {
		file.retain();
		this.file = file;
		this.range = range;
	}

	@Override
	public boolean isEndOfInput() {
		return this.sent == this.range.length();
	}

	// Netty closes it twice when a client goes away at the wrong moment
	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.file.release();
		}
	}

	@Override
	@Deprecated
	@SuppressWarnings("InlineMeSuggester")
	public @Nullable HttpContent readChunk(ChannelHandlerContext ctx) throws IOException {
		return readChunk(ctx.alloc());
	}

	@Override
	public @Nullable HttpContent readChunk(ByteBufAllocator allocator) throws IOException {
		if (isEndOfInput()) {
			return null;
		}
		int count = (int) Math.min(CHUNK, this.range.length() - this.sent);
		ByteBuf chunk = allocator.ioBuffer(count);
		try {
			this.file.readTo(chunk, this.range.first() + this.sent, count);
		}
		catch (IOException | RuntimeException ex) {
			chunk.release();
			throw ex;
		}
		this.sent += count;
		return new DefaultHttpContent(chunk);
	}

	@Override
	public long length() {
		return this.range.length();
	}

	@Override
	public long progress() {
		return this.sent;
	}

}
