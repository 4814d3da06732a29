package io.iodine;

/** Receives joins and leaves of a channel. */
@FunctionalInterface
public interface PresenceListener {

	/**
	 * A member joined or left, or its data changed.
	 * @param channel the channel
	 * @param member the member
	 * @param present true: it is there now; false: it has left
	 * @throws Exception whatever goes wrong; it is logged
	 */
	void onPresence(String channel, String member, boolean present) throws Exception;

	/**
	 * A member joined or left, with the data that it joined with. A member that is
	 * present and joins with other data is reported again.
	 * @param channel the channel
	 * @param member the member
	 * @param present true: it is there now; false: it has left
	 * @throws Exception whatever goes wrong; it is logged
	 */
	default void onMember(String channel, PresenceMember member, boolean present) throws Exception {
		onPresence(channel, member.name(), present);
	}

}
