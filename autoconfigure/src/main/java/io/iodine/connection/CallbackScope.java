package io.iodine.connection;

/**
 * Scope in which the callbacks of a connection run, such as the trace context and the MDC
 * of its handshake.
 */
@FunctionalInterface
public interface CallbackScope {

	/** No scope. */
	CallbackScope NONE = Runnable::run;

	/**
	 * Runs callbacks in the scope.
	 * @param callbacks the callbacks, to be run once on this thread
	 */
	void run(Runnable callbacks);

}
