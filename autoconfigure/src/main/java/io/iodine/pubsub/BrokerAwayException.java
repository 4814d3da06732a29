package io.iodine.pubsub;

import java.util.concurrent.CompletionException;

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

	/** Whether something failed because the broker is away. */
	static boolean isCauseOf(Throwable failure) {
		return failure instanceof BrokerAwayException
				|| (failure instanceof CompletionException && failure.getCause() instanceof BrokerAwayException);
	}

}
