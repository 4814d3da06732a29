package io.iodine.net;

import java.util.Collection;
import java.util.Optional;

/**
 * The listeners of this process, other than that of the web server. A bean. Thread-safe.
 */
public interface Listeners {

	/**
	 * Begins to listen. Blocks until the socket is bound.
	 * @param listener the listener
	 * @return the listener that has begun
	 * @throws IllegalArgumentException when its URL is no such URL, or its name is taken
	 * @throws IllegalStateException when the application has not started, or is stopping
	 * @throws java.io.UncheckedIOException when the address can't be had
	 */
	ActiveListener add(Listener listener);

	/**
	 * The listeners that are active.
	 * @return the listeners, in the order in which they began
	 */
	Collection<ActiveListener> active();

	/**
	 * Finds a listener.
	 * @param name its name
	 * @return the listener; empty when none of this name listens
	 */
	Optional<ActiveListener> find(String name);

}
