package io.iodine.net;

import java.util.Collection;
import java.util.Optional;

/**
 * The clients that stay connected: {@link IodineClient} beans, and those of properties. A
 * bean.
 */
public interface Clients {

	/**
	 * All clients.
	 * @return the clients
	 */
	Collection<Client> all();

	/**
	 * Finds a client.
	 * @param name the name of its bean, or of its properties
	 * @return the client; empty when there is none
	 */
	Optional<Client> find(String name);

}
