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
final class Outward {

	private final WhileDown whileDown;

	private final ChannelNames names;

	private final HistorySettings history;

	private final HistoryStreams streams;

	private final Availability availability;

	private final Places places;

	private final Losses losses;

	private final Refusals refusals;

	private final Inward inward;

	private final Deque<Outgoing> backlog = new ArrayDeque<>();

	private @Nullable Session session;

	Outward(WhileDown whileDown, ChannelNames names, HistorySettings history, HistoryStreams streams,
			Availability availability, Places places, Losses losses, Refusals refusals, Inward inward) {
		this.whileDown = whileDown;
		this.names = names;
		this.history = history;
		this.streams = streams;
		this.availability = availability;
		this.places = places;
		this.losses = losses;
		this.refusals = refusals;
		this.inward = inward;
	}

	/** Uses this session from now on. */
	void through(@Nullable Session next) {
		this.session = next;
	}

	void dispatch(Outgoing outgoing) {
		Session open = this.session;
		if (open != null && this.availability.isUp()) {
			open.whenConfirmed(this.names.channel(outgoing.channel()), () -> sendUnlessEnded(open, outgoing));
		}
		else {
			keep(outgoing);
		}
	}

	/** Sends what waited for Redis. */
	void sendBacklog() {
		for (Outgoing outgoing = this.backlog.poll(); outgoing != null; outgoing = this.backlog.poll()) {
			dispatch(outgoing);
		}
	}

	private void sendUnlessEnded(Session open, Outgoing outgoing) {
		if (this.session == open) {
			send(open, outgoing);
		}
		else {
			dispatch(outgoing);
		}
	}

	private void send(Session open, Outgoing outgoing) {
		hand(open, outgoing).whenComplete((reply, failure) -> {
			this.places.free(outgoing.size());
			if (failure != null) {
				this.refusals.check(failure);
				this.losses.lost(outgoing.channel(), "Redis did not confirm it: " + failure.getMessage());
			}
		});
	}

	private CompletionStage<?> hand(Session open, Outgoing outgoing) {
		String channel = outgoing.channel();
		byte[] payload = outgoing.payload();
		if (this.history.keeps(channel)) {
			return open.script(this.streams.stream(channel), this.streams.append(channel, payload));
		}
		CompletionStage<?> published = open.publish(this.names.inRedis(channel), payload);
		if (!this.names.areSharded()) {
			return published;
		}
		return published.thenCombine(
				open.publish(this.names.relay(channel), Relay.joined(Relay.head(channel), payload)),
				(toChannel, relayed) -> toChannel);
	}

	private void keep(Outgoing outgoing) {
		switch (policy(outgoing.channel())) {
			case LOCAL -> {
				this.places.free(outgoing.size());
				this.inward.deliver(outgoing.channel(), outgoing.message());
			}
			case QUEUE -> this.backlog.add(outgoing);
			case FAIL -> {
				this.places.free(outgoing.size());
				this.losses.lost(outgoing.channel(), "Redis is away, and iodine.pubsub.redis.while-down is fail");
			}
		}
	}

	/** What is delivered without Redis would not be in its history. */
	private WhileDown policy(String channel) {
		return (this.whileDown == WhileDown.LOCAL && this.history.keeps(channel)) ? WhileDown.QUEUE : this.whileDown;
	}

}
