package io.iodine.pubsub;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.iodine.Presence;
import io.iodine.PresenceListener;
import io.iodine.Subscription;

/**
 * Who is on one channel.
 *
 * @param channel the channel
 * @param presences knows of all
 * @param maxLength how long the name of a member may be
 */
record ChannelPresence(String channel, Presences presences, int maxLength) implements Presence {

	@Override
	public Subscription join(String member) {
		if (member.length() > this.maxLength) {
			throw new IllegalArgumentException("a member has at most " + this.maxLength
					+ " characters (iodine.pubsub.max-channel-length), but one of " + member.length() + " was given");
		}
		return new Joined(this.channel, this.presences.join(this.channel, member));
	}

	@Override
	public CompletionStage<Set<String>> members() {
		return this.presences.members(this.channel);
	}

	@Override
	public Subscription listen(PresenceListener listener) {
		return this.presences.listen(this.channel, Objects.requireNonNull(listener, "the listener must not be null"));
	}

	private record Joined(String channel, Runnable end) implements Subscription {

		@Override
		public void close() {
			this.end.run();
		}

	}

}
