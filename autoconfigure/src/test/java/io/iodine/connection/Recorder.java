package io.iodine.connection;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;

/** A handler that records its callbacks. */
public class Recorder implements ConnectionHandler {

	/** The callbacks, in order. */
	public final Events events = new Events();

	private final CompletableFuture<Connection> opened = new CompletableFuture<>();

	/**
	 * Waits for a client.
	 * @return the first
	 */
	public final Connection client() {
		try {
			return this.opened.get(30, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new AssertionError("No client came", ex);
		}
	}

	@Override
	public void onOpen(Connection client) throws Exception {
		this.events.add("open");
		this.opened.complete(client);
	}

	@Override
	public void onMessage(Connection client, Message message) throws Exception {
		this.events.add((message.isText() ? "text " : "binary ") + message.asText());
	}

	@Override
	public void onShutdown(Connection client) throws Exception {
		this.events.add("shutdown");
	}

	@Override
	public void onClose(Connection client) throws Exception {
		this.events.add("close " + client.closeReason().map(Recorder::brief).orElse("-"));
	}

	private static String brief(CloseReason reason) {
		return (reason.cause() + " " + reason.code() + " " + reason.text()).strip();
	}

}
