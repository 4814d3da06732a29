package io.iodine.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

import io.iodine.SendFile;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/** A response whose body is discarded once it names a file. */
final class SendFileResponseWrapper extends HttpServletResponseWrapper {

	private volatile @Nullable String name;

	SendFileResponseWrapper(HttpServletResponse response) {
		super(response);
	}

	/** The file that the response names. */
	@Nullable String name() {
		return this.name;
	}

	@Override
	public void setHeader(String header, String value) {
		if (!takes(header, value)) {
			super.setHeader(header, value);
		}
	}

	@Override
	public void addHeader(String header, String value) {
		if (!takes(header, value)) {
			super.addHeader(header, value);
		}
	}

	private boolean takes(String header, @Nullable String value) {
		if (SendFile.HEADER.equalsIgnoreCase(header)) {
			this.name = value;
			return true;
		}
		return this.name != null && header.equalsIgnoreCase("Content-Length");
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		return (this.name != null) ? new DiscardingStream() : super.getOutputStream();
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		return (this.name != null) ? new PrintWriter(Writer.nullWriter()) : super.getWriter();
	}

	@Override
	public void flushBuffer() throws IOException {
		if (this.name == null) {
			super.flushBuffer();
		}
	}

	@Override
	public void setContentLength(int length) {
		if (this.name == null) {
			super.setContentLength(length);
		}
	}

	@Override
	public void setContentLengthLong(long length) {
		if (this.name == null) {
			super.setContentLengthLong(length);
		}
	}

}
