package io.iodine.handler;

/** An annotated method that can't be called: the application's mistake. */
public final class InvalidHandlerMethodException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Creates the exception.
	 * @param message what is wrong, a clause about the bean
	 * @param action the remedy, a sentence
	 */
	public InvalidHandlerMethodException(String message, String action) {
		super(message);
		this.action = action;
	}

	/**
	 * The remedy.
	 * @return a sentence
	 */
	public String action() {
		return this.action;
	}

}
