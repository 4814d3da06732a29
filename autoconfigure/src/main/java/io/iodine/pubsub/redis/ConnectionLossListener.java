package io.iodine.pubsub.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;

/**
 * The end of a connection. Lettuce's own reconnecting is not used: it waits up to 30 s,
 * and sends again what may have been sent already; so what breaks is closed at once.
 */
record ConnectionLossListener(RedisLink.Events events) implements RedisConnectionStateListener {

	/**
	 * Replies of a server that does not serve this channel or key, or not now, or that
	 * has forgotten the scripts which a new connection loads again.
	 */
	private static final List<String> OF_TOPOLOGY = List.of("MOVED ", "ASK ", "CLUSTERDOWN", "TRYAGAIN", "READONLY",
			"MASTERDOWN", "LOADING", "NOSCRIPT");

	static void watch(StatefulConnection<?, ?> connection, RedisLink.Events events) {
		connection.addListener(new ConnectionLossListener(events));
		if (!connection.isOpen()) {
			events.lost("a connection was lost");
		}
	}

	static boolean isOfTopology(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		String message = String.valueOf(cause.getMessage());
		return OF_TOPOLOGY.stream().anyMatch(message::startsWith);
	}

	/**
	 * Why something failed: the failure's message, and that of its cause, which is the
	 * one that names a wrong password or a certificate.
	 */
	static String reason(Throwable failure) {
		Throwable root = failure;
		for (int i = 0; i < 20 && root.getCause() != null; i++) {
			root = root.getCause();
		}
		String message = String.valueOf(failure.getMessage());
		String cause = String.valueOf(root.getMessage());
		return message.contains(cause) ? message : message + ": " + cause;
	}

	/** Lettuce warns of a connection that is closed twice. */
	static CompletableFuture<Void> closeLater(StatefulConnection<?, ?> connection) {
		if (connection instanceof RedisChannelHandler<?, ?> handler && handler.isClosed()) {
			return CompletableFuture.completedFuture(null);
		}
		return connection.closeAsync();
	}

	@Override
	public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
		if (!connection.isClosed()) {
			CompletableFuture<Void> unused = connection.closeAsync();
		}
		this.events.lost("a connection was lost");
	}

}
