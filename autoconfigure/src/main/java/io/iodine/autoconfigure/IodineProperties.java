package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Everything that {@code iodine.*} configures.
 *
 * @param pubsub publish and subscribe
 */
@ConfigurationProperties("iodine")
public record IodineProperties(@DefaultValue Pubsub pubsub) {

	/**
	 * Publish and subscribe.
	 *
	 * @param maxChannelLength How many characters the name of a channel, or a pattern,
	 * may have.
	 * @param listener Listeners of the PubSub bean.
	 */
	public record Pubsub(@DefaultValue("1024") int maxChannelLength, @DefaultValue Listener listener) {

		public Pubsub {
			positive("iodine.pubsub.max-channel-length", maxChannelLength);
		}

		/**
		 * Listeners of the PubSub bean.
		 *
		 * @param maxPending How many messages may wait for one listener. Over it the
		 * newest is lost.
		 */
		public record Listener(@DefaultValue("1024") int maxPending) {

			public Listener {
				positive("iodine.pubsub.listener.max-pending", maxPending);
			}

		}

	}

	private static void positive(String property, int value) {
		if (value < 1) {
			throw new IllegalArgumentException(property + " must be at least 1, but is " + value);
		}
	}

}
