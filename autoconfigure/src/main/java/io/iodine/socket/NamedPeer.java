package io.iodine.socket;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

import io.iodine.Connection;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.net.NamedClient;
import io.iodine.net.NamedClientRule;
import org.jspecify.annotations.Nullable;

/** One named client. Guarded by itself. */
final class NamedPeer implements NamedClient {

	private final PolledClients clients;

	private final String name;

	private final List<NamedClientRule> rules;

	private final Queue<Message> input = new ArrayDeque<>();

	private @Nullable Connection connection;

	private boolean closesAtNextPoll;

	NamedPeer(PolledClients clients, String name, List<NamedClientRule> rules) {
		this.clients = clients;
		this.name = name;
		this.rules = rules;
	}

	List<NamedClientRule> rules() {
		return this.rules;
	}

	synchronized void connected(Connection client) {
		this.connection = client;
		this.closesAtNextPoll = false;
	}

	synchronized void disconnected() {
		this.connection = null;
	}

	synchronized void received(Message message) {
		this.input.add(message);
	}

	void poll() {
		boolean closes;
		synchronized (this) {
			closes = this.closesAtNextPoll;
			this.closesAtNextPoll = false;
		}
		if (closes) {
			closeNow();
		}
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public synchronized Optional<Connection> connection() {
		return Optional.ofNullable(this.connection);
	}

	@Override
	public Optional<Message> message() {
		Message first;
		synchronized (this) {
			first = this.input.poll();
		}
		if (first != null) {
			this.clients.taken(first.size());
		}
		return Optional.ofNullable(first);
	}

	@Override
	public List<Message> messages() {
		List<Message> all;
		synchronized (this) {
			all = new ArrayList<>(this.input);
			this.input.clear();
		}
		this.clients.taken(all.stream().mapToLong(Message::size).sum());
		return all;
	}

	@Override
	public boolean send(Message message) {
		return connection().map((client) -> client.write(message)).orElse(false);
	}

	@Override
	public synchronized int inputSize() {
		return this.input.size();
	}

	@Override
	public int outputSize() {
		return connection().map(Connection::pending).map((pending) -> Math.max(0, pending)).orElse(0);
	}

	@Override
	public void raw(boolean raw) {
		connection().ifPresent((client) -> client.framer(raw ? Framer.raw() : Framer.lengthPrefixed()));
	}

	@Override
	public void closeNow() {
		connection().ifPresent(Connection::forceClose);
	}

	@Override
	public synchronized void closeAtNextPoll() {
		this.closesAtNextPoll = true;
	}

	@Override
	public void closeAfterOutput() {
		connection().ifPresent(Connection::close);
	}

	@Override
	public void remove() {
		closeNow();
		messages();
		this.clients.removed(this);
	}

	@Override
	public String toString() {
		return "named client " + this.name;
	}

}
