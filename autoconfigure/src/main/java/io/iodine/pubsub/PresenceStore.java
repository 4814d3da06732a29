package io.iodine.pubsub;

import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Where processes tell each other who is on their channels. Must not block. */
public interface PresenceStore {

	/**
	 * Says that members are there; said again before the time to live has passed.
	 * @param channel the channel
	 * @param members members who joined in this process
	 */
	void refresh(String channel, Set<String> members);

	/**
	 * Says that a member is no longer there in this process.
	 * @param channel the channel
	 * @param member the member
	 */
	void remove(String channel, String member);

	/**
	 * Reads who is there.
	 * @param channel the channel
	 * @return the members in all processes; fails when they can't be reached
	 */
	CompletionStage<Set<String>> members(String channel);

}
