package io.iodine.handler;

import org.jspecify.annotations.Nullable;

/** A message that its handler can't take, by the peer's mistake. */
public final class InvalidMessageException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient ErrorReply reply;

	/**
	 * Creates the exception.
	 * @param title what is wrong
	 * @param detail more about it, without internals; null for none
	 */
	public InvalidMessageException(String title, @Nullable String detail) {
		this(new ErrorReply(400, title, detail));
	}

	InvalidMessageException(ErrorReply reply) {
		super(reply.title() + ((reply.detail() != null) ? ": " + reply.detail() : ""), null, false, false);
		this.reply = reply;
	}

	ErrorReply reply() {
		return this.reply;
	}

}
