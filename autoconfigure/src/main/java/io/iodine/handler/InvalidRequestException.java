package io.iodine.handler;

/** A request that lacks a value, or has a bad one: answered with 400. */
public final class InvalidRequestException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what is wrong, for the client
	 */
	public InvalidRequestException(String message) {
		super(message, null, false, false);
	}

}
