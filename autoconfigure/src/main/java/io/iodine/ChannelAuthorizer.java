package io.iodine;

import java.security.Principal;
import java.util.Optional;

/**
 * Decides which channels clients may subscribe to and publish on by themselves, through
 * the reserved events of typed handlers. A bean; without one they may do neither. Does
 * not apply to what a handler subscribes or publishes.
 */
@FunctionalInterface
public interface ChannelAuthorizer {

	/**
	 * Whether a client may subscribe to a channel, and follow its members.
	 * @param principal the principal of the connection
	 * @param channel the channel
	 * @return false denies it
	 */
	boolean maySubscribe(Optional<Principal> principal, String channel);

	/**
	 * Whether a client may publish on a channel.
	 * @param principal the principal of the connection
	 * @param channel the channel
	 * @return false denies it, as does the default
	 */
	default boolean mayPublish(Optional<Principal> principal, String channel) {
		return false;
	}

}
