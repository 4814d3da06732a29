package io.iodine;

import java.security.Principal;
import java.util.List;
import java.util.Optional;

/**
 * The open connections of this process: found, counted and closed from outside of their
 * handlers. A bean. Thread-safe, and no method blocks; finding looks through all
 * connections.
 */
public interface ConnectionRegistry {

	/**
	 * Finds the connection with an id.
	 * @param id the {@link Connection#id()}
	 * @return the connection, or empty when none with this id is open in this process
	 */
	Optional<Connection> find(String id);

	/**
	 * Finds the connections of an authenticated user.
	 * @param name the name of the principal
	 * @return the connections, in no order
	 */
	List<Connection> findByPrincipal(String name);

	/**
	 * Finds the connections that were opened on a path.
	 * @param path the path of the request, such as {@code /rooms/7}, or the pattern that
	 * matched, such as <code>/rooms/{id}</code>
	 * @return the connections, in no order
	 */
	List<Connection> findByPath(String path);

	/**
	 * Finds the connections that are subscribed to a channel by its name. Subscriptions
	 * to patterns do not count.
	 * @param channel the channel
	 * @return the connections, in no order
	 */
	List<Connection> findByChannel(String channel);

	/**
	 * Lists all open connections.
	 * @return the connections, in no order
	 */
	List<Connection> all();

	/**
	 * Counts the open connections.
	 * @return the number
	 */
	int count();

	/**
	 * Counts the open connections of a protocol.
	 * @param protocol the protocol
	 * @return the number
	 */
	int count(Protocol protocol);

	/**
	 * Closes all connections of a user, in this process at once, and in all processes
	 * that the default engine reaches when they get to know of it. Connections that the
	 * user opens afterwards stay. Every process whose application uses this bean takes
	 * part.
	 * @param principal the user, known by name
	 * @param code 1000 to 1003, 1007 to 1014, or 3000 to 4999; ignored by event streams
	 * @param reason at most 123 bytes of UTF-8
	 * @return false: the engine did not take the request, and other processes do not know
	 * of it
	 * @throws IllegalArgumentException when the code or the reason can't be sent
	 */
	boolean closeAll(Principal principal, int code, String reason);

}
