package io.iodine.socket;

import java.util.Objects;
import java.util.function.Supplier;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;

/**
 * Stands in for the handler of a connection until that is made, in the connection's first
 * callback, where it may block.
 */
final class LazyHandler implements ConnectionHandler {

	private final Supplier<? extends ConnectionHandler> handlers;

	LazyHandler(Supplier<? extends ConnectionHandler> handlers) {
		this.handlers = handlers;
	}

	@Override
	public void onOpen(Connection client) {
		client.handler(Objects.requireNonNull(this.handlers.get(), "the handler of a listener must not be null"));
	}

}
