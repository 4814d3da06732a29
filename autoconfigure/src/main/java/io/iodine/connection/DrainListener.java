package io.iodine.connection;

/** Takes part in a graceful shutdown with work of its own. */
public interface DrainListener {

	/**
	 * Ends the work, because the server stops. Must not block.
	 * @param settings the settings of the shutdown
	 */
	void end(DrainSettings settings);

	/** Accepts work again after the context was restarted. */
	void accept();

}
