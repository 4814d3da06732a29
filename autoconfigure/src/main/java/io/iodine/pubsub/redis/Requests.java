package io.iodine.pubsub.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import io.iodine.pubsub.Missed;
import io.iodine.pubsub.Position;
import org.jspecify.annotations.Nullable;

/** Asks Redis what has an answer; it fails while Redis is away. */
final class Requests {

	private final EngineThread thread;

	private final Connections connections;

	private final Availability availability;

	private final ChannelNames names;

	private final HistoryStreams streams;

	Requests(EngineThread thread, Connections connections, Availability availability, ChannelNames names,
			HistoryStreams streams) {
		this.thread = thread;
		this.connections = connections;
		this.availability = availability;
		this.names = names;
		this.streams = streams;
	}

	/**
	 * Reads when the channel's subscription is confirmed, so that nothing falls between
	 * history and present.
	 */
	CompletionStage<Missed> since(String channel, Position since, int max) {
		CompletableFuture<Missed> missed = new CompletableFuture<>();
		Topic topic = this.names.channel(channel);
		ask(missed, (session) -> session.whenConfirmed(topic,
				() -> ask(missed, (reader) -> answer(missed, read(reader, channel, since, max)))));
		return missed;
	}

	private CompletionStage<Missed> read(Session reader, String channel, Position since, int max) {
		return reader.script(this.streams.stream(channel), this.streams.read(channel, since, max))
			.thenApply((reply) -> this.streams.missed(reply, since, max));
	}

	/** Sends a command on the publishing connection, and answers in plain values. */
	CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
		CompletableFuture<@Nullable Object> reply = new CompletableFuture<>();
		ask(reply, (session) -> answer(reply, session.command(name, args)));
		return reply;
	}

	private void ask(CompletableFuture<?> reply, Consumer<Session> question) {
		boolean posted = this.thread.post(() -> {
			Session session = this.connections.session();
			if (session != null) {
				question.accept(session);
			}
			else {
				reply.completeExceptionally(
						new IllegalStateException("Redis is away: " + this.availability.status().detail()));
			}
		});
		if (!posted) {
			reply.completeExceptionally(new IllegalStateException("the Redis engine is closed"));
		}
	}

	private static <T extends @Nullable Object> void answer(CompletableFuture<T> future, CompletionStage<T> reply) {
		reply.whenComplete((value, failure) -> {
			if (failure != null) {
				future.completeExceptionally(failure);
			}
			else {
				future.complete(value);
			}
		});
	}

}
