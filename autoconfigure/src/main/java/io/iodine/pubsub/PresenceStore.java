package io.iodine.pubsub;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.iodine.PresenceMember;

/** Store of the members of channels, shared by processes. Must not block. */
public interface PresenceStore {

	/**
	 * Says that members are there; said again before the time to live has passed.
	 * @param channel the channel
	 * @param members members who joined in this process
	 * @return completes when it was taken, and fails when not
	 */
	CompletionStage<?> refresh(String channel, Collection<PresenceMember> members);

	/**
	 * Says that members are no longer there in this process.
	 * @param channel the channel
	 * @param members the members
	 * @return completes when it was taken, and fails when not
	 */
	CompletionStage<?> remove(String channel, Collection<PresenceMember> members);

	/**
	 * Reads who is there.
	 * @param channel the channel
	 * @return the members in all processes, each name once; fails when they can't be
	 * reached
	 */
	CompletionStage<List<PresenceMember>> members(String channel);

}
