package io.iodine.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.Subscription;
import io.iodine.UpgradeRequest;
import io.iodine.connection.CloseRequestChannel;
import io.iodine.connection.ConnectionObserver;
import org.jspecify.annotations.Nullable;

/**
 * The connections of each HTTP session, which close with code 4401 when it ends: in this
 * process and in all others. Session ids leave the process as digests. Any thread.
 */
public final class SessionConnections implements ConnectionObserver, AutoCloseable {

	private static final String ATTRIBUTE = "io.iodine.session";

	private static final int UNAUTHORIZED = 4401;

	private final Map<String, Set<Connection>> connections = new ConcurrentHashMap<>();

	private final CloseRequestChannel channel;

	/** Made with the first connection of a session; guarded by this, as is the end. */
	private @Nullable Subscription subscription;

	private boolean ended;

	/**
	 * Creates the registry. It subscribes to the ends of sessions in other processes when
	 * it has its first connection.
	 * @param channel carries digests of session ids to all processes
	 */
	public SessionConnections(CloseRequestChannel channel) {
		this.channel = channel;
	}

	/**
	 * Binds a handshake to its session.
	 * @param request the request
	 * @param session the session
	 */
	public static void bind(UpgradeRequest request, BoundSession session) {
		request.attributes().put(ATTRIBUTE, session);
	}

	/**
	 * Whether no connection belongs to a session.
	 * @return true when no session needs to be looked at
	 */
	public boolean isEmpty() {
		return this.connections.isEmpty();
	}

	/**
	 * Whether a session has connections.
	 * @param id the id of the session
	 * @return whether there are any
	 */
	public boolean hasAny(String id) {
		return this.connections.containsKey(id);
	}

	@Override
	public void opened(Connection client) {
		BoundSession session = session(client);
		if (session == null) {
			return;
		}
		add(session.id(), client);
		subscribeToCloseRequests();
		if (!session.isLive()) {
			remove(session.id(), client);
			close(client);
		}
	}

	@Override
	public void closed(Connection client, CloseReason reason, Traffic traffic) {
		BoundSession session = session(client);
		if (session != null) {
			remove(session.id(), client);
		}
	}

	/**
	 * Closes the connections of a session that has ended, in all processes.
	 * @param id the id of the session
	 */
	public void ended(String id) {
		close(id);
		boolean unused = this.channel.publish(Message.text(digest(id)));
	}

	/**
	 * Follows a session that has got another id, as at a login.
	 * @param former the former id
	 * @param next the next id
	 */
	public void renamed(String former, String next) {
		for (Connection client : Optional.ofNullable(this.connections.get(former)).orElse(Set.of())) {
			BoundSession session = session(client);
			if (session != null) {
				bind(client.request().orElseThrow(), session.withId(next));
				add(next, client);
				remove(former, client);
			}
		}
	}

	/** Closes the connections of sessions that have ended since, as by their age. */
	public void sweep() {
		for (Map.Entry<String, Set<Connection>> entry : this.connections.entrySet()) {
			boolean ended = entry.getValue()
				.stream()
				.map(SessionConnections::session)
				.anyMatch((session) -> session != null && !session.isLive());
			if (ended) {
				close(entry.getKey());
			}
		}
	}

	/**
	 * The session that a connection belongs to.
	 * @param id the id of a session
	 * @return what its handshake was bound to; empty when it has no connections
	 */
	public Optional<BoundSession> find(String id) {
		return this.connections.getOrDefault(id, Set.of())
			.stream()
			.flatMap((client) -> Optional.ofNullable(session(client)).stream())
			.findAny();
	}

	@Override
	public synchronized void close() {
		this.ended = true;
		if (this.subscription != null) {
			this.subscription.close();
		}
	}

	private synchronized void subscribeToCloseRequests() {
		if (this.subscription == null && !this.ended) {
			this.subscription = this.channel.subscribe((name, message) -> closeByDigest(message.asText()));
		}
	}

	private void closeByDigest(String digest) {
		this.connections.keySet().stream().filter((id) -> digest(id).equals(digest)).toList().forEach(this::close);
	}

	private void close(String id) {
		List.copyOf(this.connections.getOrDefault(id, Set.of())).forEach(SessionConnections::close);
	}

	private static void close(Connection client) {
		client.close(UNAUTHORIZED, "session ended");
	}

	private void add(String id, Connection client) {
		this.connections.compute(id, (key, clients) -> {
			Set<Connection> all = (clients != null) ? clients : ConcurrentHashMap.newKeySet();
			all.add(client);
			return all;
		});
	}

	private void remove(String id, Connection client) {
		this.connections.computeIfPresent(id, (key, clients) -> {
			clients.remove(client);
			return clients.isEmpty() ? null : clients;
		});
	}

	private static @Nullable BoundSession session(Connection client) {
		return client.request()
			.map((request) -> (request.attributes().get(ATTRIBUTE) instanceof BoundSession session) ? session : null)
			.orElse(null);
	}

	private static String digest(String id) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every JDK has SHA-256", ex);
		}
	}

}
