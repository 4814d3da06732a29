package io.iodine.connection.fanout;

/** An event loop as the fan-out sees it. */
public interface FanoutEventLoop {

	/**
	 * Runs a task in the next turn of the event loop, in the order of posting. Any
	 * thread.
	 * @param task the task
	 */
	void post(Runnable task);

	/**
	 * Reserves memory for a publication. Any thread.
	 * @param bytes bytes of the publication
	 * @param max bytes of publications that may wait for this event loop
	 * @return false when the maximum is reached
	 */
	boolean reserve(int bytes, long max);

	/**
	 * Returns reserved memory. Any thread.
	 * @param bytes bytes of the publication
	 */
	void unreserve(int bytes);

	/**
	 * Runs a delivery at the end of the current turn. Event loop.
	 * @param delivery the delivery
	 */
	void deliverLater(Delivery delivery);

	/**
	 * Whether deliveries have taken so long that the event loop should serve its sockets
	 * before it continues. Event loop.
	 * @return false when there may be no later turn
	 */
	boolean isTimeUp();

	/** A delivery to subscribers. */
	@FunctionalInterface
	interface Delivery {

		/**
		 * Delivers.
		 * @param flush whether to flush each subscriber at once, instead of at the end of
		 * the turn
		 */
		void deliver(boolean flush);

	}

}
