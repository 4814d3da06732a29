package io.iodine.net;

/**
 * A server of an {@link EventLoop}. Emits {@code accept} with an {@link EventStream}, and
 * {@code close}.
 */
public interface EventServer extends Emitter<EventServer> {

	/**
	 * Its port.
	 * @return the port, that which was given for port 0
	 */
	int port();

	/** Takes no more connections. Those that are open stay. */
	void close();

}
