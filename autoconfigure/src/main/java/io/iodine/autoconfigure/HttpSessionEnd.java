package io.iodine.autoconfigure;

import io.iodine.security.SessionConnections;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;

/** Closes the connections of a servlet session that ends, as by a logout. */
final class HttpSessionEnd implements HttpSessionListener, HttpSessionIdListener {

	private final SessionConnections connections;

	HttpSessionEnd(SessionConnections connections) {
		this.connections = connections;
	}

	@Override
	public void sessionDestroyed(HttpSessionEvent event) {
		this.connections.ended(event.getSession().getId());
	}

	@Override
	public void sessionIdChanged(HttpSessionEvent event, String oldSessionId) {
		this.connections.renamed(oldSessionId, event.getSession().getId());
	}

}
