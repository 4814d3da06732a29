package io.iodine.servlet;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.function.Consumer;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;

/** A response whose event stream, if it becomes one, can be ended by the server. */
final class EndableResponse extends HttpServletResponseWrapper implements AsyncListener {

	private final HttpServletRequest request;

	private final Consumer<EndableStream> begun;

	private volatile @Nullable EndableStream stream;

	private @Nullable PrintWriter writer;

	EndableResponse(HttpServletRequest request, HttpServletResponse response, Consumer<EndableStream> begun) {
		super(response);
		this.request = request;
		this.begun = begun;
	}

	/** The stream goes on where the request is asynchronous, and has ended elsewhere. */
	void chainReturned() {
		if (this.request.isAsyncStarted()) {
			this.request.getAsyncContext().addListener(this);
		}
		else {
			finished();
		}
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		EndableStream current = this.stream;
		if (current != null) {
			return current;
		}
		ServletOutputStream out = super.getOutputStream();
		if (!isStreamOfApplication()) {
			return out;
		}
		EndableStream begins = new EndableStream(out, this.request);
		this.stream = begins;
		this.begun.accept(begins);
		return begins;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		if (!isStreamOfApplication()) {
			return super.getWriter();
		}
		PrintWriter current = this.writer;
		if (current == null) {
			current = new PrintWriter(
					new OutputStreamWriter(getOutputStream(), Charset.forName(getCharacterEncoding())));
			this.writer = current;
		}
		return current;
	}

	@Override
	public void flushBuffer() throws IOException {
		EndableStream current = this.stream;
		if (current != null) {
			current.flush();
		}
		else {
			super.flushBuffer();
		}
	}

	private boolean isStreamOfApplication() {
		String type = getContentType();
		return type != null && type.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE)
				&& this.request.getAttribute(ConnectionOpening.ATTRIBUTE) == null;
	}

	private void finished() {
		EndableStream current = this.stream;
		if (current != null) {
			current.finished();
		}
	}

	@Override
	public void onComplete(AsyncEvent event) {
		finished();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		// completes later
	}

	@Override
	public void onError(AsyncEvent event) {
		// completes later
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		event.getAsyncContext().addListener(this);
	}

}
