package io.iodine.pubsub.redis;

import java.util.concurrent.CompletableFuture;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to Redis, which holds a place among those that wait.
 *
 * @param channel the channel
 * @param message the message
 * @param idempotencyKey names the message, so that it is published once; null without
 * @param confirmation gets its position; null when no publisher waits for it
 */
record PendingPublish(String channel, Message message, @Nullable String idempotencyKey,
		@Nullable CompletableFuture<String> confirmation) {

	PendingPublish(String channel, Message message) {
		this(channel, message, null, null);
	}

	int size() {
		return this.message.size();
	}

	byte[] payload() {
		return this.message.asBytes();
	}

	void confirmed(@Nullable Object position) {
		if (this.confirmation != null) {
			this.confirmation.complete(String.valueOf(position));
		}
	}

	void failed(String reason) {
		if (this.confirmation != null) {
			this.confirmation.completeExceptionally(new IllegalStateException(reason));
		}
	}

}
