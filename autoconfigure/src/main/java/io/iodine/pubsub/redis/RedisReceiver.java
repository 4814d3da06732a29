package io.iodine.pubsub.redis;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.pubsub.DeliveryScope;
import io.iodine.pubsub.HistorySettings;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what Redis sends to the subscribers of this process. Messages of a session
 * that is given up must not follow what is delivered in its stead, so only one session is
 * heard at a time.
 */
final class RedisReceiver {

	private final PubSub pubSub;

	private final Target target;

	private final ChannelNames names;

	private final HistorySettings history;

	private final HistoryStreams streams;

	private final MessageLossDetector check;

	private final Object change = new Object();

	/** Guarded by {@link #change}. */
	private @Nullable RedisSession source;

	RedisReceiver(PubSub pubSub, Target target, ChannelNames names, HistorySettings history, HistoryStreams streams,
			MessageLossDetector check) {
		this.pubSub = pubSub;
		this.target = target;
		this.names = names;
		this.history = history;
		this.streams = streams;
		this.check = check;
	}

	/** Hears this session from now on, and no other. */
	void receiveFrom(@Nullable RedisSession next) {
		synchronized (this.change) {
			this.source = next;
		}
	}

	void received(RedisSession from, byte[] name, byte[] payload) {
		String channel = this.names.ofApplication(name);
		if (this.names.isRelay(channel)) {
			RelayMessage relay = RelayMessage.parse(payload);
			received(from, relay.channel(), relay.payload(), DeliveryScope.PATTERNS);
		}
		else {
			received(from, channel, payload, this.names.areSharded() ? DeliveryScope.CHANNEL : DeliveryScope.ALL);
		}
	}

	private void received(RedisSession from, String channel, byte[] payload, DeliveryScope audience) {
		Message message = this.history.keeps(channel) ? this.streams.received(payload) : Payload.message(payload);
		synchronized (this.change) {
			if (this.source != from) {
				return;
			}
			if (audience != DeliveryScope.PATTERNS) {
				this.check.arrived(channel, message.id().orElse(null));
			}
			if (audience == DeliveryScope.ALL) {
				deliver(channel, message);
			}
			else {
				this.target.deliver(channel, message, audience);
			}
		}
	}

	void deliver(String channel, Message message) {
		this.pubSub.publish(channel, message, this.pubSub.localEngine());
	}

	/** Delivers to a part of the subscribers. */
	@FunctionalInterface
	interface Target {

		void deliver(String channel, Message message, DeliveryScope audience);

	}

}
