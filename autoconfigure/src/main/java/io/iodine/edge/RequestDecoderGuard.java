package io.iodine.edge;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCounted;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of Netty's HTTP codec, and hands it the octets of one sound request at
 * a time: the next only when the answer to the last is out. What is unsound is not handed
 * on, and nothing behind it is looked at.
 * <p>
 * Serving one request at a time costs a pipelining client nothing, for answers leave in
 * order anyway, and it closes three holes at once: a {@code Connection: close} further
 * back cannot cut off answers before it, octets behind an upgrade are never taken for a
 * request, and a flood of requests waits in the socket.
 */
// the writer of a response has its promise; nothing depends on the other futures
@SuppressWarnings("FutureReturnValueIgnored")
final class RequestDecoderGuard extends ChannelDuplexHandler implements DeadlineChecked {

	static final String NAME = "iodine.edge.requests";

	/** How long a refused client may take to read the answer and to hang up. */
	static final Duration LINGER = Duration.ofSeconds(2);

	private static final int REQUESTS_A_TURN = 16;

	private final RequestScanner scanner;

	private final Deadlines deadlines;

	private final ResponseGuard exchanges;

	private final DeadlineSweeper watch;

	private final HttpVersionDetector versions;

	private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);

	private Mode mode = Mode.FIRST;

	private int place = -1;

	private long requests;

	private long written;

	private boolean reading;

	private boolean readWanted;

	private boolean turnScheduled;

	private @Nullable ChannelHandlerContext context;

	RequestDecoderGuard(EdgeLimits limits, ResponseGuard exchanges, DeadlineSweeper watch,
			@Nullable Supplier<Http2TimeoutHandler> http2) {
		this.scanner = new RequestScanner(limits);
		this.deadlines = new Deadlines(limits);
		this.exchanges = exchanges;
		this.watch = watch;
		this.versions = new HttpVersionDetector(http2);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
		this.place = this.watch.add(this);
		this.exchanges.guardedBy(this);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		this.watch.remove(this.place);
		Mode last = this.mode;
		this.mode = Mode.OPEN;
		if (last == Mode.REFUSING || !ctx.channel().isActive()) {
			releaseHeld();
		}
		else if (!this.held.isEmpty()) {
			passHeld(ctx);
		}
	}

	// The octets behind an upgrade belong to the protocol that takes over, not to
	// the HTTP codec, which may still
	// be there at this moment.
	private void passHeld(ChannelHandlerContext ctx) {
		ChannelHandlerContext codec = ctx.pipeline().context(HttpServerCodec.class);
		if (codec != null) {
			ctx.pipeline().addBefore(codec.name(), HeldBytes.NAME, new HeldBytes(new ArrayDeque<>(this.held)));
			this.held.clear();
			return;
		}
		for (ByteBuf next = this.held.poll(); next != null; next = this.held.poll()) {
			ctx.fireChannelRead(next);
		}
		ctx.fireChannelReadComplete();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (this.mode == Mode.OPEN || !(msg instanceof ByteBuf octets)) {
			ctx.fireChannelRead(msg);
		}
		else if (this.mode == Mode.REFUSING) {
			octets.release();
		}
		else if (this.mode == Mode.FIRST) {
			readFirst(ctx, octets);
		}
		else if (!this.held.isEmpty() || isWaitingForAnswer()) {
			this.held.add(octets);
		}
		else {
			feed(ctx, octets);
		}
	}

	private void readFirst(ChannelHandlerContext ctx, ByteBuf next) {
		ByteBuf octets = this.held.isEmpty() ? next : Unpooled.wrappedBuffer(this.held.remove(), next);
		switch (this.versions.preface(ctx, octets)) {
			case PARTIAL -> {
				this.held.add(octets);
				ctx.read();
			}
			case COMPLETE -> {
				this.versions.addHttp2(ctx);
				ctx.fireChannelRead(octets);
				ctx.pipeline().remove(this);
			}
			case ABSENT -> {
				this.mode = Mode.GUARDING;
				this.versions.addHttp1(ctx, this.exchanges);
				feed(ctx, octets);
			}
		}
	}

	private boolean isWaitingForAnswer() {
		return this.scanner.isComplete() && this.exchanges.isBusy();
	}

	private void feed(ChannelHandlerContext ctx, ByteBuf octets) {
		if (this.scanner.isComplete()) {
			this.scanner.next();
			this.requests++;
		}
		boolean inBody = this.scanner.isInBody();
		int length = this.scanner.scan(octets, this.watch.window());
		RejectedRequest rejection = this.scanner.rejection();
		if (rejection != null) {
			octets.release();
			// what began in these octets never reached the codec
			reject(rejection, inBody);
		}
		else if (length == octets.readableBytes()) {
			ctx.fireChannelRead(octets);
		}
		else {
			ByteBuf request = octets.readRetainedSlice(length);
			this.held.addFirst(octets);
			ctx.fireChannelRead(request);
			takeTurn(ctx);
		}
	}

	/** Whether only the head of an answer is asked for. */
	boolean isForHead() {
		return this.scanner.isForHead();
	}

	private void reject(RejectedRequest rejection, boolean inBody) {
		this.mode = Mode.REFUSING;
		releaseHeld();
		this.exchanges.reject(rejection, inBody);
	}

	/** Whether something of the current request's body is here, or it has none. */
	boolean hasBody() {
		return this.scanner.bodySize() > 0 || this.scanner.isComplete();
	}

	/** The answer to a request is out, or the server is ready for the next. */
	void answered() {
		if (this.context != null && !this.held.isEmpty()) {
			takeTurn(this.context);
		}
	}

	private void takeTurn(ChannelHandlerContext ctx) {
		if (!this.turnScheduled && this.mode == Mode.GUARDING) {
			this.turnScheduled = true;
			ctx.executor().execute(() -> turn(ctx));
		}
	}

	private void turn(ChannelHandlerContext ctx) {
		this.turnScheduled = false;
		if (ctx.isRemoved() || this.mode != Mode.GUARDING) {
			return;
		}
		int fed = 0;
		while (!this.held.isEmpty() && !isWaitingForAnswer() && this.mode == Mode.GUARDING && fed < REQUESTS_A_TURN) {
			feed(ctx, this.held.remove());
			fed++;
		}
		if (fed > 0) {
			ctx.fireChannelReadComplete();
		}
		if (this.held.isEmpty()) {
			readIfWanted(ctx);
		}
		else if (fed == REQUESTS_A_TURN) {
			takeTurn(ctx);
		}
	}

	private void readIfWanted(ChannelHandlerContext ctx) {
		if (this.readWanted) {
			read(ctx);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.reading = false;
		ctx.fireChannelReadComplete();
	}

	@Override
	public void read(ChannelHandlerContext ctx) {
		this.readWanted = !this.held.isEmpty() && this.mode == Mode.GUARDING;
		if (!this.readWanted) {
			this.reading = true;
			ctx.read();
		}
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof ByteBuf octets) {
			this.written += octets.readableBytes();
		}
		ctx.write(msg, promise);
	}

	/** The connection speaks something else from now on. */
	void open() {
		this.mode = Mode.OPEN;
		ChannelHandlerContext ctx = this.context;
		if (ctx != null) {
			ctx.executor().execute(() -> {
				if (!ctx.isRemoved()) {
					if (HttpVersionDetector.isHttp2(ctx)) {
						this.versions.addHttp2(ctx);
					}
					ctx.pipeline().remove(this);
				}
				this.exchanges.leave();
			});
		}
	}

	/**
	 * The last answer is out: says so to the client, and gives it a moment to read it, as
	 * a close with unread input would reset the connection and take the answer along (RFC
	 * 9112 section 9.6).
	 */
	void linger(ChannelHandlerContext ctx) {
		this.mode = Mode.REFUSING;
		Channel channel = ctx.channel();
		SslHandler tls = ctx.pipeline().get(SslHandler.class);
		if (tls != null) {
			tls.closeOutbound();
		}
		else if (channel instanceof DuplexChannel duplex) {
			duplex.shutdownOutput();
		}
		channel.config().setAutoRead(true);
		channel.read();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
		if (this.mode == Mode.REFUSING && evt instanceof ChannelInputShutdownEvent) {
			ctx.close();
		}
		ctx.fireUserEventTriggered(evt);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.mode = Mode.REFUSING;
		releaseHeld();
		ctx.fireChannelInactive();
	}

	private void releaseHeld() {
		this.held.forEach(ReferenceCounted::release);
		this.held.clear();
	}

	@Override
	public void place(int place) {
		this.place = place;
	}

	@Override
	public void look(long now) {
		ChannelHandlerContext ctx = this.context;
		if (ctx == null || this.mode == Mode.OPEN || !ctx.channel().isActive()) {
			return;
		}
		ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
		Deadlines.Phase phase = phase(ctx, waiting != null && !waiting.isEmpty());
		long progress = (phase == Deadlines.Phase.WRITING && waiting != null) ? taken(waiting)
				: this.scanner.bodySize();
		Deadlines.Phase overstepped = this.deadlines.look(phase, this.requests, progress, now);
		if (overstepped != null) {
			end(ctx, overstepped);
		}
	}

	private Deadlines.Phase phase(ChannelHandlerContext ctx, boolean waiting) {
		if (waiting) {
			return Deadlines.Phase.WRITING;
		}
		if (this.mode == Mode.REFUSING) {
			return Deadlines.Phase.LINGERING;
		}
		if (this.scanner.isInHead()
				|| (this.mode == Mode.FIRST && (HttpVersionDetector.isHttp2(ctx) || !this.held.isEmpty()))) {
			return Deadlines.Phase.HEAD;
		}
		if (this.scanner.isInBody()) {
			// while the application does not ask for more, the client is not to blame
			return this.reading ? Deadlines.Phase.BODY : Deadlines.Phase.WORKING;
		}
		return this.exchanges.isBusy() ? Deadlines.Phase.WORKING : Deadlines.Phase.IDLE;
	}

	// A file counts for nothing in the size of what waits, so of a file only the progress
	// within it is seen. What the
	// application adds meanwhile counts on both sides.
	private long taken(ChannelOutboundBuffer waiting) {
		return this.written - waiting.totalPendingWriteBytes() + waiting.currentProgress();
	}

	private void end(ChannelHandlerContext ctx, Deadlines.Phase overstepped) {
		switch (overstepped) {
			case HEAD -> {
				if (this.mode == Mode.FIRST) {
					ctx.close();
				}
				else {
					reject(RejectedRequest.HEADER_TIMEOUT, false);
				}
			}
			case BODY -> reject(RejectedRequest.BODY_TIMEOUT, true);
			case WRITING -> {
				this.exchanges.slowReader();
				this.mode = Mode.REFUSING;
				AbortiveClose.reset(ctx);
			}
			default -> ctx.close();
		}
	}

	private enum Mode {

		/** Nothing was read yet. */
		FIRST,
		/** HTTP/1.1. */
		GUARDING,
		/** Something was refused: what still comes is dropped. */
		REFUSING,
		/** Another protocol: everything passes. */
		OPEN

	}

}
