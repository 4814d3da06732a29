package io.iodine.connection;

import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

import io.iodine.Connection;
import io.iodine.ConnectionRegistry;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.Subscription;
import io.iodine.UpgradeRequest;
import io.iodine.concurrent.ThrottledLog;
import io.iodine.connection.frame.CloseCode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Finds and closes the open connections of this process, and closes those of other
 * processes by a message.
 */
public final class OpenConnections implements ConnectionRegistry, AutoCloseable {

	private static final Log logger = LogFactory.getLog(OpenConnections.class);

	private final ThrottledLog invalid = new ThrottledLog(logger);

	private final Connections connections;

	private final CloseRequestChannel channel;

	private final Subscription subscription;

	/** Identifies the requests of this process. */
	private final String process = UUID.randomUUID().toString();

	/**
	 * Creates the registry and subscribes to the requests of other processes.
	 * @param connections the connections of this process
	 * @param channel the channel of requests
	 */
	public OpenConnections(Connections connections, CloseRequestChannel channel) {
		this.connections = connections;
		this.channel = channel;
		this.subscription = channel.subscribe((name, message) -> closeAsAsked(message));
	}

	@Override
	public Optional<Connection> find(String id) {
		return this.connections.stream().filter((client) -> client.isOpen() && client.id().equals(id)).findAny();
	}

	@Override
	public List<Connection> findByPrincipal(String name) {
		return list((client) -> principal(client).equals(Optional.of(name)));
	}

	@Override
	public List<Connection> findByPath(String path) {
		return list((client) -> client.request()
			.filter((request) -> request.path().equals(path) || request.pathPattern().equals(Optional.of(path)))
			.isPresent());
	}

	@Override
	public List<Connection> findByChannel(String name) {
		return list((client) -> client.isSubscribed(name));
	}

	@Override
	public List<Connection> all() {
		return list((client) -> true);
	}

	@Override
	public int count() {
		return (int) this.connections.stream().filter(Connection::isOpen).count();
	}

	@Override
	public int count(Protocol protocol) {
		return (int) this.connections.stream()
			.filter((client) -> client.isOpen() && client.protocol() == protocol)
			.count();
	}

	@Override
	public boolean closeAll(Principal principal, int code, String reason) {
		CloseCode.check(code, reason);
		CloseRequest request = new CloseRequest(this.process, principal.getName(), code, reason);
		boolean published = this.channel.publish(request.toMessage());
		close(request);
		return published;
	}

	@Override
	public void close() {
		this.subscription.close();
	}

	private void closeAsAsked(Message message) {
		CloseRequest.of(message).filter((request) -> !request.process().equals(this.process)).ifPresent((request) -> {
			try {
				CloseCode.check(request.code(), request.reason());
				close(request);
			}
			catch (IllegalArgumentException ex) {
				this.invalid.warn(() -> "A close request of another process can't be carried out: " + ex.getMessage());
			}
		});
	}

	private void close(CloseRequest request) {
		findByPrincipal(request.principal()).forEach((client) -> client.close(request.code(), request.reason()));
	}

	private List<Connection> list(Predicate<Connection> wanted) {
		return this.connections.stream().filter((client) -> client.isOpen() && wanted.test(client)).toList();
	}

	private static Optional<String> principal(Connection client) {
		return client.request().flatMap(UpgradeRequest::principal).map(Principal::getName);
	}

}
