package io.iodine.pubsub.redis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;

import io.iodine.pubsub.HistorySettings;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to Redis: sent while it is there, and following the policy while
 * it is away. Owned by the engine's thread.
 */
final class RedisPublisher {

	private final OutagePolicy whileDown;

	private final ChannelNames names;

	private final HistorySettings history;

	private final HistoryStreams streams;

	private final RedisAvailability availability;

	private final InFlightRequests inFlight;

	private final PublishFailures publishFailures;

	private final AclFailures aclFailures;

	private final RedisReceiver receiver;

	private final Deque<PendingPublish> backlog = new ArrayDeque<>();

	private @Nullable RedisSession session;

	RedisPublisher(OutagePolicy whileDown, ChannelNames names, HistorySettings history, HistoryStreams streams,
			RedisAvailability availability, InFlightRequests inFlight, PublishFailures publishFailures,
			AclFailures aclFailures, RedisReceiver receiver) {
		this.whileDown = whileDown;
		this.names = names;
		this.history = history;
		this.streams = streams;
		this.availability = availability;
		this.inFlight = inFlight;
		this.publishFailures = publishFailures;
		this.aclFailures = aclFailures;
		this.receiver = receiver;
	}

	/** Uses this session from now on. */
	void through(@Nullable RedisSession next) {
		this.session = next;
	}

	void dispatch(PendingPublish outgoing) {
		RedisSession open = this.session;
		if (open != null && this.availability.isUp()) {
			open.whenConfirmed(this.names.channel(outgoing.channel()), () -> sendUnlessEnded(open, outgoing));
		}
		else {
			keep(outgoing);
		}
	}

	/** Sends what waited for Redis. */
	void sendBacklog() {
		for (PendingPublish outgoing = this.backlog.poll(); outgoing != null; outgoing = this.backlog.poll()) {
			dispatch(outgoing);
		}
	}

	/** Gives up what waits for Redis. */
	void dropBacklog(String reason) {
		for (PendingPublish outgoing = this.backlog.poll(); outgoing != null; outgoing = this.backlog.poll()) {
			lost(outgoing, reason);
		}
	}

	private void lost(PendingPublish outgoing, String reason) {
		this.inFlight.free(outgoing.size());
		this.publishFailures.lost(outgoing.channel(), reason);
		outgoing.failed(reason);
	}

	private void sendUnlessEnded(RedisSession open, PendingPublish outgoing) {
		if (this.session == open) {
			send(open, outgoing);
		}
		else {
			dispatch(outgoing);
		}
	}

	private void send(RedisSession open, PendingPublish outgoing) {
		hand(open, outgoing).whenComplete((reply, failure) -> {
			if (failure != null) {
				this.aclFailures.check(failure);
				lost(outgoing, "Redis did not confirm it: " + failure.getMessage());
			}
			else {
				this.inFlight.free(outgoing.size());
				outgoing.confirmed(reply);
			}
		});
	}

	private CompletionStage<?> hand(RedisSession open, PendingPublish outgoing) {
		String channel = outgoing.channel();
		byte[] payload = outgoing.payload();
		if (this.history.keeps(channel)) {
			return open.script(this.streams.append(channel, payload, outgoing.idempotencyKey()));
		}
		CompletionStage<?> published = open.publish(this.names.inRedis(channel), payload);
		if (!this.names.areSharded()) {
			return published;
		}
		return published.thenCombine(
				open.publish(this.names.relay(channel), RelayMessage.joined(RelayMessage.head(channel), payload)),
				(toChannel, relayed) -> toChannel);
	}

	private void keep(PendingPublish outgoing) {
		switch (policy(outgoing.channel())) {
			case LOCAL -> {
				this.inFlight.free(outgoing.size());
				this.receiver.deliver(outgoing.channel(), outgoing.message());
			}
			case QUEUE -> this.backlog.add(outgoing);
			case FAIL -> lost(outgoing, "Redis is away, and iodine.pubsub.redis.while-down is fail");
		}
	}

	/** What is delivered without Redis would not be in its history. */
	private OutagePolicy policy(String channel) {
		return (this.whileDown == OutagePolicy.LOCAL && this.history.keeps(channel)) ? OutagePolicy.QUEUE
				: this.whileDown;
	}

}
