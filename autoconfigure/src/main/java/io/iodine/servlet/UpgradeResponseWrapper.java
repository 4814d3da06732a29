package io.iodine.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

import io.iodine.Upgrade;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

/**
 * A response that is held back while the request has an {@link Upgrade} on it: the body
 * of the application does not travel, its headers do.
 */
final class UpgradeResponseWrapper extends HttpServletResponseWrapper {

	private final HttpServletRequest request;

	UpgradeResponseWrapper(HttpServletRequest request, HttpServletResponse response) {
		super(response);
		this.request = request;
	}

	/** Whether an upgrade was answered, and no status that cancels it. */
	boolean isAnswered() {
		return this.request.getAttribute(Upgrade.ATTRIBUTE) instanceof Upgrade answer
				&& !(answer instanceof Upgrade.Decline) && getStatus() < HttpServletResponse.SC_MULTIPLE_CHOICES;
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		return isAnswered() ? new DiscardingStream() : super.getOutputStream();
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		return isAnswered() ? new PrintWriter(Writer.nullWriter()) : super.getWriter();
	}

	@Override
	public void flushBuffer() throws IOException {
		if (!isAnswered()) {
			super.flushBuffer();
		}
	}

	@Override
	public void setContentLength(int length) {
		if (!isAnswered()) {
			super.setContentLength(length);
		}
	}

	@Override
	public void setContentLengthLong(long length) {
		if (!isAnswered()) {
			super.setContentLengthLong(length);
		}
	}

	@Override
	public void setHeader(String name, String value) {
		if (!isOfBody(name)) {
			super.setHeader(name, value);
		}
	}

	@Override
	public void addHeader(String name, String value) {
		if (!isOfBody(name)) {
			super.addHeader(name, value);
		}
	}

	@Override
	public void setContentType(String type) {
		if (!isAnswered()) {
			super.setContentType(type);
		}
	}

	private boolean isOfBody(String name) {
		return (name.equalsIgnoreCase("Content-Length") || name.equalsIgnoreCase("Content-Type")) && isAnswered();
	}

}
