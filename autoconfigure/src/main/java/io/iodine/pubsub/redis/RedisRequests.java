package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import io.iodine.Message;
import io.iodine.pubsub.BrokerAwayException;
import io.iodine.pubsub.HistoryPage;
import io.iodine.pubsub.Position;
import org.jspecify.annotations.Nullable;

/** Sends commands whose reply is needed; they fail during an outage. */
final class RedisRequests {

	private static final Duration PROBES = Duration.ofSeconds(30);

	private final EngineThread thread;

	private final RedisConnections connections;

	private final RedisAvailability availability;

	private final ChannelNames names;

	private final HistoryStreams streams;

	private final InFlightRequests inFlight;

	private final AclFailures aclFailures;

	RedisRequests(EngineThread thread, RedisConnections connections, RedisAvailability availability, ChannelNames names,
			HistoryStreams streams, InFlightRequests inFlight, AclFailures aclFailures) {
		this.thread = thread;
		this.connections = connections;
		this.availability = availability;
		this.names = names;
		this.streams = streams;
		this.inFlight = inFlight;
		this.aclFailures = aclFailures;
	}

	/** The same with an allowance of its own. */
	RedisRequests within(InFlightRequests allowance) {
		return new RedisRequests(this.thread, this.connections, this.availability, this.names, this.streams, allowance,
				this.aclFailures);
	}

	/**
	 * Reads when the channel's subscription is confirmed, so that nothing falls between
	 * history and present.
	 */
	CompletionStage<HistoryPage> since(String channel, Position since, int max) {
		CompletableFuture<HistoryPage> missed = new CompletableFuture<>();
		Topic topic = this.names.channel(channel);
		return ask(missed, (session) -> session.whenConfirmed(topic,
				() -> post(missed, (reader) -> answer(missed, read(reader, channel, since, max)))));
	}

	/**
	 * Does, to keys that live for a millisecond, what keeping a history does, so that a
	 * missing permission shows before a message is lost; again and again, for permissions
	 * change.
	 * @return completes with the answer of Redis
	 */
	CompletionStage<?> probeHistory(RedisSession session) {
		CompletionStage<?> answer = session.script(this.streams.probe())
			.thenCombine(session.command("INFO", List.of("server".getBytes(StandardCharsets.US_ASCII))),
					(done, info) -> done)
			.whenComplete((done, failure) -> {
				if (failure != null) {
					this.aclFailures.check(failure);
				}
			});
		this.thread.later(PROBES, () -> {
			if (this.connections.session() == session) {
				CompletionStage<?> unused = probeHistory(session);
				session.flush();
			}
		});
		return answer;
	}

	private CompletionStage<HistoryPage> read(RedisSession reader, String channel, Position since, int max) {
		return reader.script(this.streams.read(channel, since, max))
			.thenCompose((reply) -> HistoryStreams.epoch(reply).isEmpty() ? begin(channel)
					: CompletableFuture.completedStage(this.streams.missed(channel, reply, since, max)));
	}

	/**
	 * Reading writes nothing, but for a history that has not begun and must have a name.
	 */
	private CompletionStage<HistoryPage> begin(String channel) {
		CompletableFuture<@Nullable Object> epoch = new CompletableFuture<>();
		post(epoch, (session) -> answer(epoch, session.script(this.streams.begin(channel))));
		return epoch.thenApply((name) -> new HistoryPage(false, List.of(), new Position(String.valueOf(name), 0)));
	}

	/** Reads the newest messages of a channel. */
	CompletionStage<List<Message>> last(String channel, int max) {
		CompletableFuture<List<Message>> messages = new CompletableFuture<>();
		return ask(messages, (session) -> answer(messages, session.script(this.streams.last(channel, max))
			.thenApply((reply) -> this.streams.newest(channel, reply))));
	}

	/** Sends a command on the publishing connection, and answers in plain values. */
	CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
		CompletableFuture<@Nullable Object> reply = new CompletableFuture<>();
		return ask(reply, (session) -> answer(reply, session.command(name, args)));
	}

	/** Asks within the limit, which another request may use once the answer is there. */
	private <T extends @Nullable Object> CompletionStage<T> ask(CompletableFuture<T> reply,
			Consumer<RedisSession> question) {
		if (!this.inFlight.take(0)) {
			reply.completeExceptionally(new IllegalStateException(
					"Redis is slow, and iodine.pubsub.redis.max-pending messages and commands wait for it"));
			return reply;
		}
		CompletableFuture<T> answer = new CompletableFuture<>();
		CompletableFuture<?> unused = reply.whenComplete((value, failure) -> {
			this.inFlight.free(0);
			complete(answer, value, failure);
		});
		post(reply, question);
		return answer;
	}

	private void post(CompletableFuture<?> reply, Consumer<RedisSession> question) {
		boolean posted = this.thread.post(() -> {
			RedisSession session = this.connections.session();
			if (session != null) {
				question.accept(session);
			}
			else {
				reply.completeExceptionally(
						new BrokerAwayException("Redis is away: " + this.availability.status().detail()));
			}
		});
		if (!posted) {
			reply.completeExceptionally(new BrokerAwayException("the Redis engine is closed"));
		}
	}

	private static <T extends @Nullable Object> void answer(CompletableFuture<T> future, CompletionStage<T> reply) {
		reply.whenComplete((value, failure) -> complete(future, value, failure));
	}

	private static <T extends @Nullable Object> void complete(CompletableFuture<T> future, T value,
			@Nullable Throwable failure) {
		if (failure != null) {
			future.completeExceptionally(failure);
		}
		else {
			future.complete(value);
		}
	}

}
