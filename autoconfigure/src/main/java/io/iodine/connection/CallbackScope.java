package io.iodine.connection;

/**
 * What surrounds the callbacks of a connection, such as the trace context and the MDC of
 * its handshake.
 */
@FunctionalInterface
public interface CallbackScope {

	/** Surrounds them with nothing. */
	CallbackScope NONE = Runnable::run;

	/**
	 * Runs some callbacks.
	 * @param callbacks what to run, once, on this thread
	 */
	void run(Runnable callbacks);

}
