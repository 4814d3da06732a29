package io.iodine;

/**
 * The end of this server, for background work that wants to be finished before it. A
 * bean.
 * <p>
 * When the application stops, connections are closed, and work that {@linkplain #hold
 * holds} the drain is waited for, at most for {@code iodine.shutdown.timeout}. Meanwhile
 * the web server, pub/sub and all beans still work; beans in a later phase of
 * {@link org.springframework.context.SmartLifecycle} have stopped already.
 */
public interface Drain {

	/**
	 * Whether the server shuts down, so that long-running work should end.
	 * @return true from the moment at which connections are closed
	 */
	boolean isDraining();

	/**
	 * Holds the drain until the hold is closed. Any thread, any number of times; also
	 * while draining, as long as something else still holds it.
	 * @param work what is being done, for the log line that names it when the deadline
	 * has come
	 * @return to be closed when the work is done, once
	 */
	Hold hold(String work);

	/** What keeps the drain from ending. */
	interface Hold extends AutoCloseable {

		/** Lets the drain end; a second time does nothing. */
		@Override
		void close();

	}

}
