package io.iodine;

/** Hears who joins a channel and who leaves it. */
@FunctionalInterface
public interface PresenceListener {

	/**
	 * A member joined or left.
	 * @param channel the channel
	 * @param member the member
	 * @param present true: it is there now; false: it has left
	 * @throws Exception whatever goes wrong; it is logged
	 */
	void onPresence(String channel, String member, boolean present) throws Exception;

}
