package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
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

	private static final String RUN_ID = "run_id:";

	private static final int RUN_ID_LENGTH = 10;

	private final StatefulRedisConnection<byte[], byte[]> connection;

	private final RedisAsyncCommands<byte[], byte[]> commands;

	private final RedisLink.Events events;

	private final Heartbeat pulse;

	/** Names the run of the server; set before scripts are sent. */
	private volatile byte[] run = bytes("0");

	private volatile boolean byDigest;

	private CommandConnection(StatefulRedisConnection<byte[], byte[]> connection, RedisLink.Events events) {
		this.connection = connection;
		this.commands = connection.async();
		this.events = events;
		this.pulse = new Heartbeat(() -> answered(this.commands.ping()));
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

	/**
	 * Waits until the server serves, for one that loads its data or runs a script accepts
	 * connections too.
	 * @throws RuntimeException when it does not
	 */
	void awaitPing() {
		Object unused = await("PING");
	}

	/**
	 * Learns the run of the server, and loads scripts, which blocks. What is forbidden or
	 * unknown is done without: then the run has no name, and scripts are sent whole.
	 * @throws RuntimeException when the server does not answer
	 */
	void prepareScripts(List<RedisScript> scripts) {
		this.run = runOf(String.valueOf(await("INFO", "server")));
		this.byDigest = scripts.stream().allMatch((script) -> await("SCRIPT", "LOAD", script.text()) != null);
	}

	private static byte[] runOf(String info) {
		int start = info.indexOf(RUN_ID);
		String run = (start < 0) ? "0" : info.substring(start + RUN_ID.length()).split("[^0-9a-z]", 2)[0];
		return bytes(run.substring(0, Math.min(run.length(), RUN_ID_LENGTH)));
	}

	private @Nullable Object await(String name, String... args) {
		RedisFuture<@Nullable Object> reply = send(name, Arrays.stream(args).map(CommandConnection::bytes).toList());
		flush();
		try {
			return reply.get(timeout().toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			String message = String.valueOf(ex.getMessage());
			if (message.contains("NOPERM") || message.contains("unknown command")) {
				return null;
			}
			throw new IllegalStateException("Redis can't run " + name, ex);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("Redis does not answer " + name, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted", ex);
		}
	}

	/** Lettuce reads zero as no time-out, which would block the caller for ever. */
	private Duration timeout() {
		Duration timeout = this.connection.getTimeout();
		return timeout.isZero() ? RedisURI.DEFAULT_TIMEOUT_DURATION : timeout;
	}

	CompletionStage<@Nullable Object> script(ScriptCall call) {
		List<byte[]> args = new ArrayList<>(call.keys().size() + call.args().size() + 3);
		args.add(bytes(this.byDigest ? call.script().digest() : call.script().text()));
		args.add(bytes(Integer.toString(call.keys().size())));
		args.addAll(call.keys());
		args.add(this.run);
		args.addAll(call.args());
		return answered(send(this.byDigest ? "EVALSHA" : "EVAL", args));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
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
		return ConnectionLossListener.answered(reply, this.events, this.pulse::felt);
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
