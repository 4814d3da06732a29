package io.iodine.pubsub.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection. Lettuce's own reconnecting is not used: it waits up to 30 s,
 * and sends again what may have been sent already; so what breaks is closed at once.
 */
record ConnectionLossListener(RedisLink.Events events) implements RedisConnectionStateListener {

	/**
	 * Replies of a server that does not serve this channel or key, or not now, or that
	 * has forgotten the scripts which a new connection loads again.
	 */
	private static final List<String> UNSERVED = List.of("MOVED ", "ASK ", "CLUSTERDOWN", "TRYAGAIN", "READONLY",
			"MASTERDOWN", "LOADING", "BUSY ", "NOSCRIPT");

	static void watch(StatefulConnection<?, ?> connection, RedisLink.Events events) {
		connection.addListener(new ConnectionLossListener(events));
		if (!connection.isOpen()) {
			events.lost("a connection was lost");
		}
	}

	/** Whether this server can't serve, or not now; another connection may. */
	static boolean isUnserved(Throwable failure) {
		String message = String.valueOf(cause(failure).getMessage());
		return UNSERVED.stream().anyMatch(message::startsWith);
	}

	/** Whether the server has answered, with an error. */
	static boolean isReply(Throwable failure) {
		return cause(failure) instanceof RedisCommandExecutionException;
	}

	private static Throwable cause(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	/**
	 * Ends the link after an answer that this server can't serve.
	 * @param reply the answer
	 * @param events is notified of the end
	 * @param alive is notified of any answer
	 */
	static <T extends @Nullable Object> CompletionStage<T> answered(CompletionStage<T> reply, RedisLink.Events events,
			Runnable alive) {
		return reply.whenComplete((value, failure) -> {
			if (failure == null || isReply(failure)) {
				alive.run();
			}
			if (failure != null && isUnserved(failure)) {
				events.lost(String.valueOf(cause(failure).getMessage()));
			}
		});
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
