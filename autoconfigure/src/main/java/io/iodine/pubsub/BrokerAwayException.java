package io.iodine.pubsub;

/** The broker can't be reached, which its engine has logged already. */
public final class BrokerAwayException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message why
	 */
	public BrokerAwayException(String message) {
		super(message);
	}

}
