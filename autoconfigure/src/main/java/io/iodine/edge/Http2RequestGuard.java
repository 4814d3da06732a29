package io.iodine.edge;

import java.io.IOException;
import java.util.List;

import javax.net.ssl.SSLException;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2WindowUpdateFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the codec of an HTTP/2 connection and what parts it into streams, and
 * holds each request to the limits. WebSockets and event streams have rules of their own,
 * and are left alone.
 */
// who writes has the promise; nothing else hangs on these futures
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2RequestGuard extends ChannelDuplexHandler implements FrameScanner.Bodies {

	static final String NAME = "iodine.edge.streams";

	private static final Log logger = LogFactory.getLog(Http2RequestGuard.class);

	private final EdgeLimits limits;

	private final EdgeObserver observer;

	private final IntObjectMap<Http2StreamState> streams = new IntObjectHashMap<>();

	private @Nullable ChannelHandlerContext context;

	private @Nullable Http2Connection connection;

	Http2RequestGuard(EdgeLimits limits, EdgeObserver observer) {
		this.limits = limits;
		this.observer = observer;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (this.connection == null) {
			this.connection = follow(ctx.pipeline().get(Http2FrameCodec.class));
		}
		if (msg instanceof Http2HeadersFrame frame) {
			readHeaders(ctx, frame);
			return;
		}
		if (msg instanceof Http2DataFrame frame) {
			readData(ctx, frame);
			return;
		}
		if (msg instanceof Http2WindowUpdateFrame frame) {
			grant(frame);
		}
		ctx.fireChannelRead(msg);
	}

	private void readHeaders(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
		Http2StreamState known = this.streams.get(frame.stream().id());
		if (known != null) {
			if (frame.isEndStream()) {
				known.endBody();
			}
			ctx.fireChannelRead(frame);
			return;
		}
		if (PseudoHeaderCheck.areInvalid(frame.headers())) {
			rejectMalformed(ctx, frame);
			return;
		}
		Http2StreamState request = begin(frame);
		RejectedRequest rejection = HeaderListLimits.check(frame.headers(), this.limits);
		if (rejection == null) {
			ctx.fireChannelRead(frame);
			return;
		}
		this.observer.onStreamRejected(ctx.channel().remoteAddress(), frame.headers(), rejection.status().code());
		ReferenceCountUtil.release(frame);
		reject(ctx, request, rejection, true);
		ctx.flush();
	}

	private void readData(ChannelHandlerContext ctx, Http2DataFrame frame) {
		Http2StreamState request = this.streams.get(frame.stream().id());
		if (request != null && request.isRejected()) {
			drop(ctx, request, frame);
			return;
		}
		RejectedRequest rejection = (request != null) ? body(request, frame) : null;
		if (rejection == null || request == null) {
			ctx.fireChannelRead(frame);
			return;
		}
		frame.release();
		reject(ctx, request, rejection, false);
		ctx.flush();
	}

	/**
	 * An error of the stream, to which there is no other answer: RFC 9113 section 8.1.1.
	 */
	private void rejectMalformed(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
		ReferenceCountUtil.release(frame);
		this.observer.onRejected(RejectedRequest.UNDECODABLE.status().code(), RejectedRequest.UNDECODABLE.reason());
		ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR).stream(frame.stream()));
	}

	private static void drop(ChannelHandlerContext ctx, Http2StreamState request, Http2DataFrame frame) {
		int octets = frame.initialFlowControlledBytes();
		frame.release();
		ctx.write(new DefaultHttp2WindowUpdateFrame(octets).stream(request.stream()));
		ctx.flush();
	}

	private Http2Connection follow(Http2FrameCodec codec) {
		Http2Connection connection = codec.connection();
		connection.addListener(new Http2ConnectionAdapter() {

			@Override
			public void onStreamClosed(Http2Stream stream) {
				Http2RequestGuard.this.streams.remove(stream.id());
			}

		});
		return connection;
	}

	// Either as it comes, or translated already: its client waits for the answer before
	// it sends anything (RFC 8441, section 5).
	private static boolean isExtendedConnect(Http2Headers headers) {
		return headers.contains(Http2Headers.PseudoHeaderName.PROTOCOL.value())
				|| headers.contains(HttpHeaderNames.UPGRADE);
	}

	/**
	 * Follows a stream no longer, because another protocol has taken it over.
	 * @param stream its number
	 */
	void exempt(int stream) {
		this.streams.remove(stream);
	}

	private Http2StreamState begin(Http2HeadersFrame frame) {
		boolean expects = isExtendedConnect(frame.headers())
				|| frame.headers().contains(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true);
		Http2StreamState request = new Http2StreamState(frame.stream(), this.limits, frame.isEndStream(), expects);
		this.streams.put(frame.stream().id(), request);
		return request;
	}

	private @Nullable RejectedRequest body(Http2StreamState request, Http2DataFrame frame) {
		if (frame.isEndStream()) {
			request.endBody();
		}
		long body = request.addToBody(frame.content().readableBytes());
		return (body > this.limits.maxBodySize()) ? RejectedRequest.BODY_TOO_LARGE : null;
	}

	private void grant(Http2WindowUpdateFrame frame) {
		Http2FrameStream stream = frame.stream();
		Http2StreamState request = (stream != null) ? this.streams.get(stream.id()) : null;
		if (request != null) {
			request.grant(frame.windowSizeIncrement());
		}
	}

	/**
	 * A client's mistake on a stream resets it, ahead of what the application would
	 * answer; that a client has gone is no fault of anybody's, and the channel closes
	 * anyway.
	 */
	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof Http2FrameStreamException mistake) {
			logger.debug("reset a stream", cause);
			ctx.writeAndFlush(new DefaultHttp2ResetFrame(mistake.error()).stream(mistake.stream()));
		}
		else if (cause instanceof IOException && !(cause instanceof SSLException)) {
			logger.debug("an HTTP/2 connection broke", cause);
			ctx.close();
		}
		else {
			ctx.fireExceptionCaught(cause);
		}
	}

	@Override
	public void came(int stream, int octets) {
		Http2StreamState request = this.streams.get(stream);
		if (request != null) {
			request.cameOnTheWire(octets);
		}
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof Http2HeadersFrame frame && frame.stream() != null) {
			answer(frame);
		}
		ctx.write(msg, promise);
	}

	private void answer(Http2HeadersFrame frame) {
		CharSequence status = frame.headers().status();
		Http2StreamState request = this.streams.get(frame.stream().id());
		if (status == null || request == null) {
			return;
		}
		request.answer(status.charAt(0) != '1');
		CharSequence type = frame.headers().get(HttpHeaderNames.CONTENT_TYPE);
		if (type != null && type.toString().startsWith(HttpHeaderValues.TEXT_EVENT_STREAM.toString())) {
			this.streams.remove(frame.stream().id());
		}
	}

	/** Whether there is a request that is not a WebSocket or an event stream. */
	boolean hasRequests() {
		return !this.streams.isEmpty();
	}

	/** Whether nothing is open, not even a WebSocket. */
	boolean isIdle() {
		return this.connection == null || this.connection.numActiveStreams() == 0;
	}

	/**
	 * Sees which clients take too long over a body or an answer.
	 * @param now the time in nanoseconds
	 * @return false when there is nothing on this connection but answers that the client
	 * does not take
	 */
	boolean look(long now) {
		ChannelHandlerContext ctx = this.context;
		Http2Connection connection = this.connection;
		if (ctx == null || connection == null || this.streams.isEmpty()) {
			return true;
		}
		int open = connection.numActiveStreams();
		int stalled = 0;
		for (Http2StreamState request : List.copyOf(this.streams.values())) {
			Deadlines.Phase overstepped = look(request, connection, now);
			if (overstepped == Deadlines.Phase.BODY) {
				reject(ctx, request, RejectedRequest.BODY_TIMEOUT, false);
			}
			else if (overstepped == Deadlines.Phase.LINGERING) {
				reset(ctx, request, Http2Error.NO_ERROR);
			}
			else if (overstepped == Deadlines.Phase.WRITING) {
				stalled++;
				slowReader();
				reset(ctx, request, Http2Error.CANCEL);
			}
		}
		ctx.flush();
		return stalled == 0 || stalled < open;
	}

	private static Deadlines.@Nullable Phase look(Http2StreamState request, Http2Connection connection, long now) {
		Http2Stream stream = connection.stream(request.stream().id());
		Http2RemoteFlowController outbound = connection.remote().flowController();
		if (stream == null) {
			return null;
		}
		if (outbound.hasFlowControlled(stream)) {
			long sentAndWindow = (long) outbound.initialWindowSize() - outbound.windowSize(stream);
			return request.look(Deadlines.Phase.WRITING, sentAndWindow, now);
		}
		if (request.isRejected()) {
			return request.look(Deadlines.Phase.LINGERING, 0, now);
		}
		boolean waiting = request.owesBody() && hasRoom(connection, stream);
		return request.look(waiting ? Deadlines.Phase.BODY : Deadlines.Phase.WORKING, 0, now);
	}

	// while the application does not take what came, the client is not to blame
	private static boolean hasRoom(Http2Connection connection, Http2Stream stream) {
		Http2LocalFlowController inbound = connection.local().flowController();
		return inbound.unconsumedBytes(stream) == 0 && inbound.windowSize(connection.connectionStream()) > 0;
	}

	void slowReader() {
		logger.debug("reset a stream whose client takes nothing of its answer");
		this.observer.onSlowReader();
	}

	private void reject(ChannelHandlerContext ctx, Http2StreamState request, RejectedRequest rejection, boolean whole) {
		logger.debug("refused a request: " + rejection.status() + ", " + rejection.reason());
		this.observer.onRejected(rejection.status().code(), rejection.reason());
		if (request.isAnswered()) {
			reset(ctx, request, Http2Error.CANCEL);
			return;
		}
		Http2Headers answer = new DefaultHttp2Headers().status(rejection.status().codeAsText())
			.set(HttpHeaderNames.DATE, DateHeader.now())
			.set(HttpHeaderNames.CONTENT_LENGTH, "0");
		ctx.write(new DefaultHttp2HeadersFrame(answer, true).stream(request.stream()));
		if (whole) {
			// some clients look at the answer when they have sent all, or most of it
			request.reject();
		}
		else if (!request.isBodyEnded()) {
			// the rest of the body is of no use: RFC 9113 section 8.1
			reset(ctx, request, Http2Error.NO_ERROR);
		}
	}

	private static void reset(ChannelHandlerContext ctx, Http2StreamState request, Http2Error error) {
		ctx.write(new DefaultHttp2ResetFrame(error).stream(request.stream()));
	}

}
