package io.iodine.autoconfigure;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.PubSub;
import io.iodine.Subscription;
import io.iodine.connection.CloseRequestChannel;
import io.iodine.pubsub.ChannelPubSub;

/** Channels between the processes of an application, which no client can reach. */
final class ProcessChannel {

	private ProcessChannel() {
	}

	static CloseRequestChannel of(PubSub pubSub, String name) {
		return (pubSub instanceof ChannelPubSub channels) ? new Reserved(channels, name)
				: new Plain(pubSub, "iodine.internal." + name);
	}

	/**
	 * A channel of iodine's own pub/sub.
	 *
	 * @param pubSub pub/sub
	 * @param name the name of the channel
	 */
	private record Reserved(ChannelPubSub pubSub, String name) implements CloseRequestChannel {

		@Override
		public Subscription subscribe(MessageListener listener) {
			return this.pubSub.subscribeReserved(this.name, listener);
		}

		@Override
		public boolean publish(Message request) {
			return this.pubSub.publishReserved(this.name, request);
		}

	}

	/**
	 * A channel of pub/sub that the application has replaced, which must keep clients off
	 * it.
	 *
	 * @param pubSub the application's own
	 * @param name the name of the channel
	 */
	private record Plain(PubSub pubSub, String name) implements CloseRequestChannel {

		@Override
		public Subscription subscribe(MessageListener listener) {
			return this.pubSub.subscribe(this.name, listener);
		}

		@Override
		public boolean publish(Message request) {
			return this.pubSub.publish(this.name, request);
		}

	}

}
