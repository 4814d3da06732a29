package io.iodine.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * An event stream of the application that the server may end, which it does between two
 * events. Any thread.
 */
final class EndableStream extends ServletOutputStream {

	private static final Log logger = LogFactory.getLog(EndableStream.class);

	private final ServletOutputStream out;

	private final HttpServletRequest request;

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by the lock, as all below. Two line breaks end an event. */
	private int lineBreaks = 2;

	private byte last;

	private boolean ending;

	private boolean ended;

	private int retryMillis;

	private Runnable onEnd = () -> {
	};

	EndableStream(ServletOutputStream out, HttpServletRequest request) {
		this.out = out;
		this.request = request;
	}

	void onEnd(Runnable task) {
		this.onEnd = task;
	}

	/**
	 * Ends the stream behind the event that is being written.
	 * @param retry when the client should come back; 0 for no word of it
	 */
	void end(int retry) {
		this.lock.lock();
		try {
			this.ending = true;
			this.retryMillis = retry;
			endBetweenEvents();
		}
		catch (IOException ex) {
			logger.debug("The client of an event stream has gone", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Forgets the request, which the container has ended. */
	void finished() {
		this.lock.lock();
		try {
			this.ended = true;
		}
		finally {
			this.lock.unlock();
		}
		this.onEnd.run();
	}

	private void endBetweenEvents() throws IOException {
		if (!this.ending || this.ended || this.lineBreaks < 2) {
			return;
		}
		this.ended = true;
		try {
			if (this.retryMillis > 0) {
				this.out.write(("retry: " + this.retryMillis + "\n\n").getBytes(StandardCharsets.US_ASCII));
			}
			this.out.flush();
		}
		finally {
			this.onEnd.run();
			complete();
		}
	}

	private void complete() {
		try {
			if (this.request.isAsyncStarted()) {
				this.request.getAsyncContext().complete();
			}
		}
		catch (IllegalStateException ex) {
			logger.debug("The application has ended the event stream", ex);
		}
	}

	@Override
	public void write(int octet) throws IOException {
		write(new byte[] { (byte) octet }, 0, 1);
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		this.lock.lock();
		try {
			if (this.ended) {
				throw new IOException("the server stops, and has ended the event stream");
			}
			this.out.write(bytes, offset, length);
			for (int i = offset; i < offset + length; i++) {
				follow(bytes[i]);
			}
			endBetweenEvents();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void follow(byte octet) {
		if (octet != '\n' && octet != '\r') {
			this.lineBreaks = 0;
		}
		else if (octet == '\r' || this.last != '\r') {
			this.lineBreaks++;
		}
		this.last = octet;
	}

	@Override
	public void flush() throws IOException {
		this.lock.lock();
		try {
			if (!this.ended) {
				this.out.flush();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() throws IOException {
		this.out.close();
	}

	@Override
	public boolean isReady() {
		return this.out.isReady();
	}

	@Override
	public void setWriteListener(WriteListener listener) {
		this.out.setWriteListener(listener);
	}

}
