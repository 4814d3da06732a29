package io.iodine.file;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import reactor.netty.NettyPipeline;

/**
 * Writes an answer to a channel: what is in memory together with the head, an open file
 * by the kernel in clear text and in chunks otherwise.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class FileResponseWriter {

	private static final String IO_URING = "io.netty.channel.uring.";

	private FileResponseWriter() {
	}

	/**
	 * Writes and flushes one response.
	 * @param ctx where it is written from
	 * @param given the fields that the application has set
	 * @param prepared the answer, which stays the caller's to release
	 * @param stallTimeout how long the download may stand still
	 * @param end completes when everything is sent
	 */
	static void write(ChannelHandlerContext ctx, HttpHeaders given, PreparedResponse prepared, Duration stallTimeout,
			ChannelPromise end) {
		HttpResponseStatus status = prepared.answer().status();
		HttpHeaders headers = FieldMerger.merge(given, prepared.answer());
		withoutCompression(ctx.pipeline());
		OpenFile file = prepared.file();
		if (file == null) {
			ctx.writeAndFlush(response(status, headers, body(prepared)), end);
		}
		else {
			ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers));
			writePieces(ctx, prepared.answer().pieces(), file, end);
		}
		if (!end.isDone()) {
			WriteStallHandler stall = new WriteStallHandler(stallTimeout);
			ctx.pipeline().addFirst(stall);
			end.addListener((sent) -> removeFrom(ctx.pipeline(), stall));
		}
	}

	private static void writePieces(ChannelHandlerContext ctx, List<FileResponse.Piece> pieces, OpenFile file,
			ChannelPromise end) {
		boolean zeroCopy = canSendRegions(ctx, pieces);
		if (!zeroCopy) {
			ChunkedWriteHandler chunks = new ChunkedWriteHandler();
			ctx.pipeline().addBefore(ctx.name(), null, chunks);
			end.addListener((sent) -> removeFrom(ctx.pipeline(), chunks));
		}
		for (FileResponse.Piece piece : pieces) {
			Object message = (piece instanceof FileResponse.Part part)
					? (zeroCopy ? file.region(part.range()) : new FileChunks(file, part.range()))
					: new DefaultHttpContent(text((FileResponse.Text) piece));
			ctx.write(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
		}
		ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, end);
	}

	private static boolean canSendRegions(ChannelHandlerContext ctx, List<FileResponse.Piece> pieces) {
		if (ctx.channel() instanceof Http2StreamChannel || ctx.pipeline().get(SslHandler.class) != null) {
			return false;
		}
		// Netty's io_uring takes positions of a file as 32 bits and would send other
		// bytes
		return !ctx.channel().getClass().getName().startsWith(IO_URING) || pieces.stream()
			.allMatch((piece) -> !(piece instanceof FileResponse.Part part) || part.range().last() < Integer.MAX_VALUE);
	}

	static FullHttpResponse response(HttpResponseStatus status, HttpHeaders headers, ByteBuf body) {
		return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body, headers, EmptyHttpHeaders.INSTANCE);
	}

	/** The body of an answer whose file, if any, is in memory, to be released. */
	static ByteBuf body(PreparedResponse prepared) {
		List<FileResponse.Piece> pieces = prepared.answer().pieces();
		if (pieces.isEmpty()) {
			return Unpooled.EMPTY_BUFFER;
		}
		ByteBuf[] buffers = pieces.stream().map((piece) -> inMemory(piece, prepared)).toArray(ByteBuf[]::new);
		return (buffers.length == 1) ? buffers[0] : Unpooled.wrappedBuffer(buffers.length, buffers);
	}

	private static ByteBuf inMemory(FileResponse.Piece piece, PreparedResponse prepared) {
		if (piece instanceof FileResponse.Part part) {
			ByteBuf bytes = Objects.requireNonNull(prepared.bytes(), "a part has a source");
			return bytes.retainedSlice(Math.toIntExact(part.range().first()), Math.toIntExact(part.range().length()));
		}
		return text((FileResponse.Text) piece);
	}

	private static ByteBuf text(FileResponse.Text text) {
		return Unpooled.wrappedBuffer(text.bytes());
	}

	/**
	 * A file goes out as it lies there: compressing it now would change length and tag.
	 */
	private static void withoutCompression(ChannelPipeline pipeline) {
		if (pipeline.get(NettyPipeline.CompressionHandler) != null) {
			pipeline.remove(NettyPipeline.CompressionHandler);
		}
	}

	private static void removeFrom(ChannelPipeline pipeline, ChannelHandler handler) {
		if (pipeline.context(handler) != null) {
			pipeline.remove(handler);
		}
	}

}
