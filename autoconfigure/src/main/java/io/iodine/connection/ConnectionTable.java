package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;

/**
 * The connections of a server. Each knows its place in the list, which takes less memory
 * than the entry of a concurrent set. Any thread.
 */
final class ConnectionTable {

	/** In no order: the last one takes the place of one that leaves. Guarded by this. */
	private final List<NettyConnection> connections = new ArrayList<>();

	/** Adds a connection that was not added before. */
	synchronized void add(NettyConnection connection) {
		connection.place(this.connections.size());
		this.connections.add(connection);
	}

	/** Removes a connection, unless it was never added or is removed already. */
	synchronized void remove(NettyConnection connection) {
		int place = connection.place();
		if (place < 0) {
			return;
		}
		connection.place(-1);
		NettyConnection last = this.connections.remove(this.connections.size() - 1);
		if (last != connection) {
			this.connections.set(place, last);
			last.place(place);
		}
	}

	synchronized int size() {
		return this.connections.size();
	}

	/** The connections at this moment. */
	synchronized List<NettyConnection> copy() {
		return new ArrayList<>(this.connections);
	}

}
