package io.iodine;

/** An exception that can't be logged, for it has no message to give. */
public final class UnloggableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	@Override
	public String getMessage() {
		throw new IllegalStateException("no message");
	}

}
