package io.iodine.servlet;

import java.io.IOException;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;

/** Sends the head of a response now. */
final class HeadSender {

	private HeadSender() {
	}

	/**
	 * Sends the head, through the wrappers that add headers to it, or past those that
	 * hold the response back.
	 */
	static void send(ServletResponse response) throws IOException {
		response.flushBuffer();
		for (ServletResponse inner = response; !inner.isCommitted()
				&& inner instanceof ServletResponseWrapper wrapper;) {
			inner = wrapper.getResponse();
			inner.flushBuffer();
		}
	}

}
