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

	/** Replies of a server that does not serve this channel or key, or not now. */
	private static final List<String> OF_TOPOLOGY = List.of("MOVED ", "ASK ", "CLUSTERDOWN", "TRYAGAIN", "READONLY",
			"MASTERDOWN", "LOADING");

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

	static void closeLater(StatefulConnection<?, ?> connection) {
		CompletableFuture<Void> unused = connection.closeAsync();
	}

	@Override
	public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
		CompletableFuture<Void> unused = connection.closeAsync();
		this.events.lost("a connection was lost");
	}

}
