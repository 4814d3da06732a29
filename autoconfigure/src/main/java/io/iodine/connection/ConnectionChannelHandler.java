package io.iodine.connection;

import io.iodine.CloseReason.Cause;
import io.iodine.Connection;
import io.iodine.Protocol;
import io.iodine.concurrent.SafeLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The Netty side of a connection: the last handler of a pipeline without HTTP handlers,
 * or of a stream of HTTP/2, whose end means what the end of a socket does. Belongs to the
 * event loop.
 * <p>
 * It is long because Netty reports reads, half-closes and ends to one handler, and each
 * means something else while reading is paused or a close frame is on its way.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
public final class ConnectionChannelHandler extends ChannelInboundHandlerAdapter {

	private static final Log logger = LogFactory.getLog(ConnectionChannelHandler.class);

	/** Called after the last callback; few connections have any. */
	private static final AttributeKey<Runnable> WHEN_ENDED = AttributeKey.valueOf(ConnectionChannelHandler.class,
			"whenEnded");

	private final NettyConnection connection;

	private final Channel channel;

	/** Whether bytes are the content of an HTTP message. */
	private final boolean http;

	/** Writes straight to the socket; null where that is not possible. */
	private final @Nullable DirectWriter direct;

	private @Nullable ChannelHandlerContext context;

	private @Nullable ChannelFuture lastWrite;

	/** Bytes read while reading was paused. */
	private @Nullable ByteBuf unread;

	private boolean closeFrameTaken;

	private boolean inputEnded;

	ConnectionChannelHandler(NettyConnection connection, Channel channel, boolean http) {
		this.connection = connection;
		this.channel = channel;
		this.http = http;
		this.direct = http ? null : DirectWriter.of(channel, this);
	}

	/** Opens the connection. */
	public void open() {
		if (!this.connection.life().isSocketGone()) {
			this.connection.keepTlsSession();
			this.connection.life().open();
		}
	}

	/**
	 * The connection, which may not have been opened.
	 * @return the connection
	 */
	public Connection connection() {
		return this.connection;
	}

	/**
	 * Calls back after the last callback.
	 * @param callback the callback, on the thread of the last callback
	 */
	public void whenEnded(Runnable callback) {
		this.channel.attr(WHEN_ENDED).set(callback);
	}

	/**
	 * Sets the subprotocol of a dialed connection. Event loop, before it is opened.
	 * @param subprotocol the subprotocol the server chose
	 */
	public void agreedOn(String subprotocol) {
		this.connection.agreedOn(subprotocol);
	}

	/**
	 * Compresses the messages of a dialed connection. Event loop, before it is opened.
	 */
	public void agreedOnCompression() {
		this.connection.agreedOnCompression();
	}

	/**
	 * Ends a dialed connection that can't be opened; its handler gets {@code onClose}
	 * only. Any thread.
	 * @param cause the cause
	 * @param text the failure
	 */
	public void fail(Cause cause, String text) {
		if (this.channel.eventLoop().inEventLoop()) {
			failUnlessOpen(cause, text);
		}
		else {
			this.channel.eventLoop().execute(() -> failUnlessOpen(cause, text));
		}
	}

	/**
	 * Ends a dialed connection unless it is open. Event loop.
	 * @param cause the cause
	 * @param text the failure
	 */
	public void failUnlessOpen(Cause cause, String text) {
		if (!this.connection.life().wasOpened()) {
			this.connection.life().fail(cause, text);
		}
	}

	/** Runs after the last callback. */
	void ended() {
		if (this.channel.hasAttr(WHEN_ENDED)) {
			this.channel.attr(WHEN_ENDED).get().run();
		}
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof ByteBuf bytes) {
			read(bytes);
		}
		else if (this.http && msg instanceof HttpContent content) {
			read(content.content());
			if (content instanceof LastHttpContent) {
				inputEnded();
			}
		}
		else {
			ReferenceCountUtil.release(msg);
		}
	}

	private void read(ByteBuf bytes) {
		this.connection.keepalive().read();
		if (this.unread != null) {
			this.unread = append(this.unread, bytes);
			return;
		}
		this.connection.sendQueue().readStarts();
		take(bytes);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.connection.sendQueue().readEnds();
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		inactive();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		inactive();
	}

	/** Handles a half-close: the peer may still read. */
	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event == ChannelInputShutdownEvent.INSTANCE
				|| (event instanceof SslCloseCompletionEvent && this.connection.protocol() == Protocol.RAW)) {
			this.inputEnded = true;
			endInput();
		}
		ctx.fireUserEventTriggered(event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		logger.debug("Connection " + this.connection.id() + " failed", cause);
		failUnlessOpen(Cause.PEER, String.valueOf(cause.getMessage()));
		ctx.close();
	}

	/**
	 * Reads outside of the pipeline, and closes the connection when that fails, as the
	 * pipeline does. What was being read is gone, so nothing after it would be
	 * understood.
	 * @param reading what reads
	 */
	void guard(Runnable reading) {
		try {
			reading.run();
		}
		catch (Throwable ex) {
			try {
				logger.debug("Connection " + this.connection.id() + " failed", ex);
			}
			finally {
				this.channel.close();
			}
		}
	}

	/** Resumes reading after a pause. */
	void resume() {
		guard(this::readOn);
	}

	private void readOn() {
		if (this.connection.life().isSocketGone()) {
			return;
		}
		ByteBuf rest = this.unread;
		if (rest != null) {
			this.unread = null;
			this.connection.sendQueue().readStarts();
			try {
				take(rest);
			}
			finally {
				this.connection.sendQueue().readEnds();
			}
		}
		if (this.unread == null && !this.connection.receiveQueue().isPaused()) {
			this.channel.config().setAutoRead(true);
		}
		endInput();
	}

	/**
	 * Puts bytes back, to be read next.
	 * @param bytes the bytes
	 */
	void unread(byte[] bytes) {
		if (bytes.length == 0 || this.connection.life().isSocketGone()) {
			return;
		}
		ByteBuf first = Unpooled.wrappedBuffer(bytes);
		if (this.unread != null) {
			this.unread = joinable(first).addFlattenedComponents(true, this.unread);
			return;
		}
		take(first);
	}

	/**
	 * Appends bytes to those that wait, without nesting buffers: one read of a TLS socket
	 * has thousands of small records, and bytes of nested buffers are read recursively.
	 */
	private static ByteBuf append(ByteBuf waiting, ByteBuf bytes) {
		boolean joined = waiting instanceof CompositeByteBuf buffers && buffers.maxNumComponents() == Integer.MAX_VALUE;
		return (joined ? (CompositeByteBuf) waiting : joinable(waiting)).addComponent(true, bytes);
	}

	private static CompositeByteBuf joinable(ByteBuf first) {
		return Unpooled.compositeBuffer(Integer.MAX_VALUE).addComponent(true, first);
	}

	/** Handles the end of the peer's output once everything before it was read. */
	void endInput() {
		if (this.inputEnded && this.unread == null && !this.connection.isFramerWaiting()
				&& !this.connection.life().isSocketGone()) {
			this.inputEnded = false;
			this.connection.life().checkWholeness();
			this.connection.life().inputEnded();
		}
	}

	Channel channel() {
		return this.channel;
	}

	ByteBufAllocator allocator() {
		return this.channel.alloc();
	}

	/** Writes straight to the socket; null where that is not possible. */
	@Nullable DirectWriter direct() {
		return this.direct;
	}

	void write(ByteBuf bytes) {
		ChannelHandlerContext ctx = context();
		if (this.direct != null) {
			this.direct.bytesWait();
		}
		if (!this.http) {
			ctx.write(bytes, ctx.voidPromise());
		}
		else if (bytes.isReadable()) {
			this.lastWrite = ctx.write(new DefaultHttpContent(bytes));
		}
		else {
			bytes.release();
		}
	}

	void flush() {
		context().flush();
	}

	/** Whether the socket has taken all that was flushed. */
	boolean hasTakenAll() {
		if (this.http) {
			return this.lastWrite == null || this.lastWrite.isDone();
		}
		ChannelOutboundBuffer unsent = this.channel.unsafe().outboundBuffer();
		return unsent == null || unsent.isEmpty();
	}

	/**
	 * Runs an action when the socket has taken all that was flushed, or never will.
	 * @param action the action
	 */
	void whenTaken(Runnable action) {
		ChannelFuture taken = this.lastWrite;
		if (!this.http || taken == null) {
			taken = context().writeAndFlush(Unpooled.EMPTY_BUFFER);
		}
		taken.addListener((future) -> action.run());
	}

	/** Waits for the peer to close, after the socket has taken the close frame. */
	void closeFrameTaken() {
		if (this.closeFrameTaken) {
			return;
		}
		this.closeFrameTaken = true;
		if (this.connection.life().isPeerClosed()) {
			letGo();
		}
		else if (!this.connection.life().awaitsCloseFrame()) {
			endOutput();
		}
	}

	/** Handles the close frame of the peer. */
	void peerClosed() {
		if (this.closeFrameTaken) {
			letGo();
		}
	}

	/** Handles the end of an HTTP/2 stream: without a close frame the peer is gone. */
	private void inputEnded() {
		if (!this.connection.life().isPeerClosed() && this.connection.protocol() == Protocol.WEBSOCKET) {
			this.channel.close();
		}
	}

	/** Ends an HTTP/2 stream with its last frame, before which it must not be reset. */
	private void letGo() {
		if (this.http) {
			endOutput();
		}
		else {
			this.channel.close();
		}
	}

	/** Closes the socket at once, without flushing. */
	void abandon() {
		this.channel.unsafe().close(this.channel.unsafe().voidPromise());
	}

	/**
	 * Shuts down the output and waits for the peer to close. Closing a socket with unread
	 * bytes would reset the connection and could destroy the last bytes sent.
	 */
	private void endOutput() {
		SslHandler tls = context().pipeline().get(SslHandler.class);
		if (this.http) {
			context().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
		}
		else if (tls != null) {
			// a client that keeps the connection for another request reacts only to
			// the socket
			tls.closeOutbound().addListener((done) -> shutDownOutput());
		}
		else {
			shutDownOutput();
		}
	}

	private void shutDownOutput() {
		if (this.channel instanceof DuplexChannel duplex) {
			duplex.shutdownOutput();
		}
		else {
			this.channel.close();
		}
	}

	private void take(ByteBuf bytes) {
		try {
			// what follows a change of the framer belongs to the next one
			if (!this.connection.isFramerWaiting()) {
				this.connection.read(bytes);
			}
			if (bytes.isReadable()) {
				this.unread = bytes.retain();
				this.channel.config().setAutoRead(false);
				this.connection.receiveQueue().pause();
			}
			else if (!this.connection.receiveQueue().mayReadOn()) {
				this.channel.config().setAutoRead(false);
				this.connection.receiveQueue().pause();
			}
		}
		finally {
			bytes.release();
		}
	}

	/** Handles what arrived before the end, which the socket's buffer bounds. */
	private void inactive() {
		if (this.connection.life().isSocketGone()) {
			return;
		}
		SafeLog.guard(logger, "A change of the framer", this.connection::switchReaders);
		if (!this.connection.life().socketGone()) {
			return;
		}
		ByteBuf rest = this.unread;
		this.unread = null;
		try {
			if (rest != null) {
				readToEnd(rest);
			}
		}
		finally {
			this.connection.life().gone();
		}
	}

	private void readToEnd(ByteBuf rest) {
		try {
			while (rest.isReadable()) {
				this.connection.read(rest);
				this.connection.switchReaders();
			}
		}
		finally {
			rest.release();
		}
	}

	private ChannelHandlerContext context() {
		ChannelHandlerContext ctx = this.context;
		if (ctx == null) {
			throw new IllegalStateException("the handler of the connection is in no pipeline");
		}
		return ctx;
	}

}
