package io.iodine.pubsub;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.iodine.Message;
import io.iodine.PubSubEngine;
import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Hands messages to engines. An engine that fails is logged and counted, and its
 * exception does not reach the publisher.
 */
final class EnginePublisher {

	private static final Log logger = LogFactory.getLog(EnginePublisher.class);

	private final ThrottledLog failures = new ThrottledLog(logger);

	private final int maxMessageSize;

	private final PubSubObserver observer;

	private final boolean measured;

	EnginePublisher(int maxMessageSize, PubSubObserver observer) {
		this.maxMessageSize = maxMessageSize;
		this.observer = observer;
		this.measured = observer.measures();
	}

	boolean publish(String channel, Message message, PubSubEngine engine) {
		checkSize(message);
		long start = this.measured ? System.nanoTime() : 0;
		boolean scheduled = handTo(engine, channel, message);
		if (this.measured) {
			this.observer.publishReturned(engine, System.nanoTime() - start);
		}
		this.observer.published(engine, scheduled);
		if (logger.isDebugEnabled()) {
			logger.debug((scheduled ? "Published " : "Could not publish ") + message.size() + " bytes to channel '"
					+ channel + "' by " + engine);
		}
		return scheduled;
	}

	CompletionStage<String> publishConfirmed(String channel, Message message, PubSubEngine engine,
			@Nullable String idempotencyKey) {
		if (!(engine instanceof ConfirmingEngine confirming)) {
			return CompletableFuture.failedFuture(new UnsupportedOperationException(
					"Engine " + engine.getClass().getName() + " gives messages no positions"));
		}
		CompletionStage<String> position = confirming.publishConfirmed(channel, message, idempotencyKey);
		return position.whenComplete((id, failure) -> this.observer.published(engine, failure == null));
	}

	/** Hands a message over, neither measured nor counted unless the engine fails. */
	boolean handTo(PubSubEngine engine, String channel, Message message) {
		try {
			return engine.publish(channel, message);
		}
		catch (Exception ex) {
			this.failures.error(
					() -> "Engine " + engine.getClass().getName() + " failed to publish to channel '" + channel + "'",
					ex);
			this.observer.engineFailed(engine);
			return false;
		}
	}

	private void checkSize(Message message) {
		if (message.size() > this.maxMessageSize) {
			throw new IllegalArgumentException("a published message has at most " + this.maxMessageSize
					+ " bytes (iodine.pubsub.max-message-size), but one of " + message.size() + " was given");
		}
	}

}
