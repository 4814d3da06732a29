package io.iodine.pubsub.redis;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.pubsub.HistorySettings;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what Redis sends to the subscribers of this process. Messages of a session
 * that is given up must not follow what is delivered in its stead, so only one session is
 * heard at a time.
 */
final class Inward {

	private final PubSub pubSub;

	private final ChannelNames names;

	private final HistorySettings history;

	private final HistoryStreams streams;

	private final Object change = new Object();

	/** Guarded by {@link #change}. */
	private @Nullable Session source;

	Inward(PubSub pubSub, ChannelNames names, HistorySettings history, HistoryStreams streams) {
		this.pubSub = pubSub;
		this.names = names;
		this.history = history;
		this.streams = streams;
	}

	/** Hears this session from now on, and no other. */
	void hear(@Nullable Session next) {
		synchronized (this.change) {
			this.source = next;
		}
	}

	void received(Session from, byte[] name, byte[] payload) {
		String channel = this.names.ofApplication(name);
		Message message = this.history.keeps(channel) ? this.streams.received(payload) : Payload.message(payload);
		synchronized (this.change) {
			if (this.source == from) {
				deliver(channel, message);
			}
		}
	}

	void deliver(String channel, Message message) {
		this.pubSub.publish(channel, message, this.pubSub.localEngine());
	}

}
