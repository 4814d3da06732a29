package io.iodine.pubsub;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.iodine.Message;
import io.iodine.Presence;
import io.iodine.PresenceListener;
import io.iodine.PresenceMember;
import io.iodine.Subscription;

/**
 * Presence of one channel.
 *
 * @param channel the channel
 * @param presences knows of all
 * @param maxLength how long the name of a member may be
 * @param json writes a value as JSON in UTF-8
 */
record ChannelPresence(String channel, Presences presences, int maxLength,
		Function<Object, byte[]> json) implements Presence {

	@Override
	public Subscription join(String member) {
		return join(member, Optional.empty());
	}

	@Override
	public Subscription join(String member, Object data) {
		byte[] text = this.json.apply(Objects.requireNonNull(data, "the data must not be null"));
		int max = this.presences.settings().maxDataBytes();
		if (text.length > max) {
			throw new IllegalArgumentException("the data of a member has at most " + max
					+ " bytes (iodine.pubsub.presence.max-data-size), but some of " + text.length + " was given");
		}
		return join(member, Optional.of(Message.text(text)));
	}

	private Subscription join(String member, Optional<Message> data) {
		if (member.length() > this.maxLength) {
			throw new IllegalArgumentException("a member has at most " + this.maxLength
					+ " characters (iodine.pubsub.max-channel-length), but one of " + member.length() + " was given");
		}
		return new Joined(this.channel, this.presences.join(this.channel, new PresenceMember(member, data)));
	}

	@Override
	public CompletionStage<Set<String>> members() {
		return membersWithData()
			.thenApply((members) -> members.stream().map(PresenceMember::name).collect(Collectors.toUnmodifiableSet()));
	}

	@Override
	public CompletionStage<List<PresenceMember>> membersWithData() {
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
