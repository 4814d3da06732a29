package io.iodine.socket;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

import io.iodine.net.Client;
import io.iodine.net.Clients;

/** The clients that stay connected. Any thread. */
public final class SocketClients implements Clients {

	private final Map<String, ReconnectingClient> clients = new ConcurrentSkipListMap<>();

	/**
	 * Starts clients.
	 * @param all the clients
	 */
	public void start(Collection<ReconnectingClient> all) {
		all.forEach((client) -> this.clients.put(client.name(), client));
		all.forEach(ReconnectingClient::start);
	}

	/** Connects no more. */
	public void stop() {
		this.clients.values().forEach(ReconnectingClient::stop);
		this.clients.clear();
	}

	@Override
	public Collection<Client> all() {
		return List.copyOf(this.clients.values());
	}

	@Override
	public Optional<Client> find(String name) {
		return Optional.ofNullable(this.clients.get(name));
	}

}
