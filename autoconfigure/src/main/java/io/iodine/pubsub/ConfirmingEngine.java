package io.iodine.pubsub;

import java.util.concurrent.CompletionStage;

import io.iodine.Message;
import io.iodine.PubSubEngine;
import org.jspecify.annotations.Nullable;

/** An engine that gives messages positions in a history, and reports them. */
public interface ConfirmingEngine extends PubSubEngine {

	/**
	 * Publishes to a channel with history.
	 * @param channel the channel
	 * @param message the message
	 * @param idempotencyKey names the message, so that it is published once however often
	 * this is called; null when it has no such name
	 * @return the position of the message; fails when it is not known to be published
	 */
	CompletionStage<String> publishConfirmed(String channel, Message message, @Nullable String idempotencyKey);

}
