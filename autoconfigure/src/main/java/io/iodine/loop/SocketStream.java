package io.iodine.loop;

import java.io.IOException;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.net.Emitter;
import io.iodine.net.EventStream;
import org.jspecify.annotations.Nullable;

/** A connection as a stream of events. */
final class SocketStream implements EventStream, ConnectionHandler {

	/** So many messages wait before the stream says that it is full. */
	private static final int FULL = 512;

	private final EventListeners listeners = new EventListeners();

	private final CallingThreadEventLoop loop;

	/** Null for a connection that was taken, until it is open. */
	private volatile @Nullable Connection connection;

	private volatile @Nullable Emitter<?> server;

	private volatile boolean full;

	private volatile boolean opened;

	SocketStream(CallingThreadEventLoop loop) {
		this.loop = loop;
	}

	/** Tells a server of the stream once it is open. */
	void onAccept(Emitter<?> from) {
		this.server = from;
	}

	void connection(Connection dialed) {
		this.connection = dialed;
	}

	@Override
	public EventStream on(String type, EventListener listener) {
		this.listeners.add(type, listener);
		return this;
	}

	@Override
	public void emit(String type, Object... arguments) {
		this.listeners.emit(type, arguments);
	}

	@Override
	public boolean write(Message message) {
		Connection current = this.connection;
		if (current == null || !current.write(message)) {
			return false;
		}
		if (current.pending() >= FULL && !this.full) {
			this.full = true;
			emit("full");
		}
		return !this.full;
	}

	@Override
	public void close() {
		Connection current = this.connection;
		if (current != null) {
			current.close();
		}
	}

	@Override
	public boolean isOpen() {
		Connection current = this.connection;
		return current != null && current.isOpen();
	}

	@Override
	public void onOpen(Connection client) {
		this.opened = true;
		this.connection = client;
		this.loop.opened(this);
		Emitter<?> from = this.server;
		if (from != null) {
			from.emit("accept", this);
		}
	}

	@Override
	public void onMessage(Connection client, Message message) {
		emit("data", message);
	}

	@Override
	public void onDrained(Connection client) {
		emit("drain");
		if (this.full) {
			this.full = false;
			emit("writable");
		}
	}

	/** An idle stream stays: timers are for the application. */
	@Override
	public void onTimeout(Connection client) {
		// nothing is due
	}

	@Override
	public void onClose(Connection client) {
		if (!this.opened) {
			emit("error", new IOException(client.closeReason().map(CloseReason::text).orElse("not connected")));
		}
		this.loop.closed(this);
		emit("close");
	}

}
