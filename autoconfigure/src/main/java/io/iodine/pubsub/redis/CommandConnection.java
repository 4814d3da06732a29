package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import org.jspecify.annotations.Nullable;

/**
 * A connection that publishes and asks. What it sends leaves with the next flush; an
 * answer which says that this is no longer the right server ends the link.
 */
final class CommandConnection {

	private final StatefulRedisConnection<byte[], byte[]> connection;

	private final RedisAsyncCommands<byte[], byte[]> commands;

	private final RedisLink.Events events;

	private final Heartbeat pulse;

	private CommandConnection(StatefulRedisConnection<byte[], byte[]> connection, RedisLink.Events events) {
		this.connection = connection;
		this.commands = connection.async();
		this.events = events;
		this.pulse = new Heartbeat(this.commands::ping);
	}

	static CommandConnection over(StatefulRedisConnection<byte[], byte[]> connection, RedisLink.Events events) {
		connection.setAutoFlushCommands(false);
		ConnectionLossListener.watch(connection, events);
		return new CommandConnection(connection, events);
	}

	CompletionStage<?> publish(byte[] channel, byte[] payload) {
		return answered(this.commands.publish(channel, payload));
	}

	CompletionStage<?> publishToShard(byte[] channel, byte[] payload) {
		return answered(this.commands.spublish(channel, payload));
	}

	CompletionStage<@Nullable Object> script(List<byte[]> args) {
		return answered(send("EVAL", args));
	}

	/** Sends what may well be meant for another server. */
	CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
		return send(name, args).thenApply((reply) -> {
			this.pulse.felt();
			return reply;
		});
	}

	private RedisFuture<@Nullable Object> send(String name, List<byte[]> args) {
		CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE);
		args.forEach(arguments::add);
		return this.commands.dispatch(new CommandName(name), new PlainReply(ByteArrayCodec.INSTANCE), arguments);
	}

	private <T extends @Nullable Object> CompletionStage<T> answered(CompletionStage<T> reply) {
		return reply.whenComplete((value, failure) -> {
			if (failure == null) {
				this.pulse.felt();
			}
			else if (ConnectionLossListener.isOfTopology(failure)) {
				this.events.lost(String.valueOf(failure.getMessage()));
			}
		});
	}

	boolean ping() {
		boolean alive = this.pulse.beat();
		flush();
		return alive;
	}

	void flush() {
		this.connection.flushCommands();
	}

	/** A command by the name that the application gave. */
	private record CommandName(String word) implements ProtocolKeyword {

		@Override
		public byte[] getBytes() {
			return this.word.getBytes(StandardCharsets.UTF_8);
		}

		@Override
		public String toString() {
			return this.word;
		}

	}

}
