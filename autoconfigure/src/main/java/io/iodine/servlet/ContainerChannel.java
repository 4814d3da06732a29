package io.iodine.servlet;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DuplexChannel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A Netty channel over the socket or response of a servlet container. All input and
 * output happens on the event loop; the container only reports that there is more to read
 * or room to write.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class ContainerChannel extends AbstractChannel implements DuplexChannel {

	private static final Log logger = LogFactory.getLog(ContainerChannel.class);

	private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

	private final ChannelConfig config = new DefaultChannelConfig(this).setAutoRead(false);

	private final Port port;

	private final SocketAddress remote;

	/** Known before registration, when the container may report already. */
	private final EventLoop loop;

	private volatile boolean closed;

	private volatile boolean outputShutDown;

	/** Whether a read was asked for. Belongs to the event loop. */
	private boolean readPending;

	/**
	 * Whether the container's buffers are known to be empty. Belongs to the event loop.
	 */
	private boolean drained;

	/** Whether the port holds a part of the current buffer. Belongs to the event loop. */
	private boolean partlyWritten;

	ContainerChannel(Port port, SocketAddress remote, EventLoop loop) {
		super(null);
		this.port = port;
		this.remote = remote;
		this.loop = loop;
	}

	/** Reports that there is something to read. Any thread. */
	void reportReadable() {
		onLoop(this::readable);
	}

	/** Reports that the port takes more. Any thread. */
	void reportWritable() {
		reportWritable(() -> {
		});
	}

	/**
	 * Reports that the port takes more. Any thread.
	 * @param first what to do on the event loop before
	 */
	void reportWritable(Runnable first) {
		onLoop(() -> {
			first.run();
			((ContainerUnsafe) unsafe()).resumeFlush();
		});
	}

	/** Reports that the container has closed. Any thread. */
	void reportClosed() {
		onLoop(() -> unsafe().close(unsafe().voidPromise()));
	}

	private void onLoop(Runnable task) {
		try {
			this.loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The event loop has ended", ex);
		}
	}

	@SuppressWarnings("deprecation") // the type of a channel's read sizes
	private void readable() {
		if (!this.readPending || this.closed) {
			return;
		}
		this.readPending = false;
		RecvByteBufAllocator.Handle sizes = unsafe().recvBufAllocHandle();
		sizes.reset(this.config);
		boolean ended = false;
		try {
			do {
				ended = !readOnce(sizes);
			}
			while (!ended && !this.drained && this.config.isAutoRead() && sizes.continueReading());
		}
		catch (RuntimeException | Error ex) {
			// the container's state is unknown, or there is no memory
			pipeline().fireExceptionCaught(ex);
			ended = true;
		}
		sizes.readComplete();
		pipeline().fireChannelReadComplete();
		if (ended) {
			unsafe().close(unsafe().voidPromise());
		}
		else if (this.config.isAutoRead()) {
			read();
		}
	}

	/** Reads a buffer, and returns false at the end. */
	@SuppressWarnings("deprecation") // the type of a channel's read sizes
	private boolean readOnce(RecvByteBufAllocator.Handle sizes) {
		ByteBuf bytes = sizes.allocate(alloc());
		sizes.attemptedBytesRead(bytes.writableBytes());
		boolean ended = false;
		try {
			int count = this.port.read(bytes);
			ended = count < 0;
			this.drained = count == 0;
			sizes.lastBytesRead(count);
		}
		catch (IOException ex) {
			logger.debug("Reading failed", ex);
			ended = true;
		}
		finally {
			if (bytes.isReadable()) {
				sizes.incMessagesRead(1);
				pipeline().fireChannelRead(bytes);
			}
			else {
				bytes.release();
			}
		}
		return !ended;
	}

	@Override
	protected void doBeginRead() {
		if (this.readPending) {
			return;
		}
		this.readPending = true;
		if (this.drained) {
			this.port.awaitRead();
		}
		else {
			// the container's buffers may hold bytes that no selector knows of
			this.loop.execute(this::readable);
		}
	}

	@Override
	protected void doWrite(ChannelOutboundBuffer out) throws Exception {
		for (ByteBuf next = (ByteBuf) out.current(); next != null; next = (ByteBuf) out.current()) {
			this.partlyWritten = !(this.partlyWritten ? this.port.flush() : this.port.write(next));
			if (this.partlyWritten) {
				// stays in the outbound buffer, which is asked for what is pending
				return;
			}
			out.remove();
		}
	}

	@Override
	protected void doClose() {
		this.closed = true;
		this.port.close();
	}

	@Override
	public ChannelFuture shutdownOutput() {
		return shutdownOutput(newPromise());
	}

	@Override
	public ChannelFuture shutdownOutput(ChannelPromise promise) {
		try {
			this.outputShutDown = true;
			this.port.shutDownOutput();
			promise.setSuccess();
		}
		catch (IOException ex) {
			promise.setFailure(ex);
			close();
		}
		return promise;
	}

	@Override
	public boolean isOutputShutdown() {
		return this.outputShutDown || this.closed;
	}

	@Override
	public boolean isInputShutdown() {
		return this.closed;
	}

	@Override
	public ChannelFuture shutdownInput() {
		return shutdownInput(newPromise());
	}

	@Override
	public ChannelFuture shutdownInput(ChannelPromise promise) {
		return promise.setFailure(new UnsupportedOperationException("only the output is shut down alone"));
	}

	@Override
	public boolean isShutdown() {
		return this.closed;
	}

	@Override
	public ChannelFuture shutdown() {
		return close();
	}

	@Override
	public ChannelFuture shutdown(ChannelPromise promise) {
		return close(promise);
	}

	@Override
	protected AbstractUnsafe newUnsafe() {
		return new ContainerUnsafe();
	}

	@Override
	protected boolean isCompatible(EventLoop loop) {
		return true;
	}

	@Override
	protected @Nullable SocketAddress localAddress0() {
		return null;
	}

	@Override
	protected SocketAddress remoteAddress0() {
		return this.remote;
	}

	@Override
	protected void doBind(SocketAddress address) {
		throw new UnsupportedOperationException("the container has bound it");
	}

	@Override
	protected void doDisconnect() {
		doClose();
	}

	@Override
	public ChannelConfig config() {
		return this.config;
	}

	@Override
	public boolean isOpen() {
		return !this.closed;
	}

	@Override
	public boolean isActive() {
		return !this.closed;
	}

	@Override
	public ChannelMetadata metadata() {
		return METADATA;
	}

	/** Flushes again what the container did not take. */
	private final class ContainerUnsafe extends AbstractUnsafe {

		void resumeFlush() {
			flush0();
		}

		@Override
		public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
			promise.setFailure(new UnsupportedOperationException("the container has accepted it"));
		}

	}

	/** A container's socket or response. Called on the event loop; no method blocks. */
	interface Port {

		/**
		 * Reads what is there.
		 * @param to takes the bytes
		 * @return the number of bytes; 0 when there are none, -1 at the end
		 * @throws IOException when the socket fails
		 */
		int read(ByteBuf to) throws IOException;

		/** Has {@link ContainerChannel#reportReadable} called when there is more. */
		void awaitRead();

		/**
		 * Takes a whole buffer.
		 * @param bytes the buffer, which stays unreleased until it is sent
		 * @return whether it is sent; else {@link ContainerChannel#reportWritable} is
		 * called
		 * @throws IOException when the socket fails
		 */
		boolean write(ByteBuf bytes) throws IOException;

		/**
		 * Goes on sending the buffer that was taken.
		 * @return whether it is sent; else {@link ContainerChannel#reportWritable} is
		 * called
		 * @throws IOException when the socket fails
		 */
		boolean flush() throws IOException;

		/**
		 * Says that nothing more will be sent.
		 * @throws IOException when the socket fails
		 */
		void shutDownOutput() throws IOException;

		/** Closes at once. */
		void close();

	}

}
