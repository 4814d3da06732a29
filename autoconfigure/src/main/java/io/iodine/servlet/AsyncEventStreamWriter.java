package io.iodine.servlet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.ByteBuf;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes the response of an event stream asynchronously by the servlet API, where the
 * container keeps the socket: HTTP/2, HTTP/1.0 and containers that are not known.
 */
final class AsyncEventStreamWriter implements ContainerChannel.Port, WriteListener, AsyncListener {

	private static final Log logger = LogFactory.getLog(AsyncEventStreamWriter.class);

	private final AsyncContext async;

	private final ServletOutputStream out;

	private final ContainerChannel channel;

	private final AtomicBoolean ended = new AtomicBoolean();

	/** What the container has not taken yet. Belongs to the event loop. */
	private @Nullable ByteBuf held;

	/** Belongs to the event loop. */
	private boolean unflushed;

	private AsyncEventStreamWriter(AsyncContext async, ServletOutputStream out, HttpServletRequest request,
			ConnectionOpening opening) {
		this.async = async;
		this.out = out;
		this.channel = new ContainerChannel(this,
				InetSocketAddress.createUnresolved(String.valueOf(request.getRemoteAddr()), request.getRemotePort()),
				opening.loop());
	}

	/** Sends the head and opens the stream, on the request's thread. */
	static void open(HttpServletRequest request, HttpServletResponse response, ConnectionOpening opening)
			throws IOException {
		AsyncContext async = request.startAsync(request, response);
		async.setTimeout(0);
		ServletResponse uncached = UncachedResponse.of(request, response);
		// or else the first event would send the head
		HeadSender.send(response);
		AsyncEventStreamWriter port = new AsyncEventStreamWriter(async, uncached.getOutputStream(), request, opening);
		async.addListener(port);
		// before the event loop writes, because writing would block until then
		port.out.setWriteListener(port);
		opening.open(port.channel, () -> {
		});
	}

	@Override
	public boolean write(ByteBuf bytes) throws IOException {
		if (!this.out.isReady()) {
			this.held = bytes;
			return false;
		}
		this.held = null;
		byte[] copy = new byte[bytes.readableBytes()];
		bytes.getBytes(bytes.readerIndex(), copy);
		this.out.write(copy);
		this.unflushed = true;
		return flush();
	}

	@Override
	public boolean flush() throws IOException {
		ByteBuf waiting = this.held;
		if (waiting != null) {
			return write(waiting);
		}
		if (!this.out.isReady()) {
			return false;
		}
		if (this.unflushed) {
			this.unflushed = false;
			this.out.flush();
		}
		return this.out.isReady();
	}

	@Override
	public int read(ByteBuf to) {
		return 0;
	}

	@Override
	public void awaitRead() {
		// an event stream reads nothing
	}

	@Override
	public void shutDownOutput() {
		close();
		this.channel.reportClosed();
	}

	@Override
	public void close() {
		if (this.ended.compareAndSet(false, true)) {
			try {
				this.async.complete();
			}
			catch (IllegalStateException ex) {
				logger.debug("The container has completed the response", ex);
			}
		}
	}

	@Override
	public void onWritePossible() {
		this.channel.reportWritable();
	}

	@Override
	public void onError(Throwable failure) {
		this.channel.reportClosed();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		this.ended.set(true);
		this.channel.reportClosed();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		close();
		this.channel.reportClosed();
	}

	/** Completes here, because the container would dispatch to an error page. */
	@Override
	public void onError(AsyncEvent event) {
		close();
		this.channel.reportClosed();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// dispatched nowhere
	}

}
