package io.iodine.pubsub.redis;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * The connections to a Redis: some that subscribe, some for all else. They live and die
 * together, so that what is published before a break never arrives after what is
 * published behind it. No method blocks; what is sent leaves with the next flush.
 */
interface RedisLink {

	/** Fails when Redis refuses; what it accepts is reported to {@link Events}. */
	CompletionStage<?> subscribe(Collection<Topic> topics);

	CompletionStage<?> unsubscribe(Topic topic);

	CompletionStage<?> publish(byte[] channel, byte[] payload);

	/** Runs a script on the server that has its keys. */
	CompletionStage<@Nullable Object> script(ScriptCall call);

	/** Sends any command. */
	CompletionStage<@Nullable Object> command(String name, List<byte[]> args);

	/**
	 * Pings each connection, and flushes.
	 * @return false when nothing came on one of them since the last ping
	 */
	boolean ping();

	void flush();

	/** Closes the connections; completes when they are closed. */
	CompletableFuture<?> close();

	/** Hears from the connections, on their event loops. */
	interface Events {

		/** A message, once, however many channels and patterns of a connection match. */
		void message(byte[] channel, byte[] payload);

		void subscribed(Topic topic);

		void unsubscribed(Topic topic);

		/** The connections must be given up. */
		void lost(String reason);

	}

	/** Opens the connections. */
	@FunctionalInterface
	interface Opener {

		/**
		 * Connects, which blocks.
		 * @param events receives the events of the connections from now on
		 * @return the connections, nothing subscribed
		 */
		RedisLink open(Events events);

	}

}
