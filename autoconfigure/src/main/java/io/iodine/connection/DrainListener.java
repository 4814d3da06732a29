package io.iodine.connection;

/** Takes part in a graceful shutdown with work of its own. */
public interface DrainListener {

	/**
	 * Ends the work, because the server stops. Must not block.
	 * @param settings how fast, and when clients should come back
	 */
	void end(DrainSettings settings);

	/** Takes new work again, in a context that was started again. */
	void accept();

}
