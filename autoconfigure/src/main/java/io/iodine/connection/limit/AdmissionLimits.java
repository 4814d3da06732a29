package io.iodine.connection.limit;

/**
 * The limits of all connections together. 0 means none, but for the two sums of bytes.
 *
 * @param max connections
 * @param maxPerAddress connections of one client address
 * @param maxPerPrincipal connections of one authenticated user
 * @param maxPerSecond connections that open in a second
 * @param messagesPerSecond messages that one WebSocket may send in a second
 * @param messageBurst messages that it may send at once
 * @param sendQueueTotalBytes bytes that wait for sockets which take nothing more
 * @param receiveQueueTotalBytes bytes of messages received that wait for their callback
 */
public record AdmissionLimits(int max, int maxPerAddress, int maxPerPrincipal, int maxPerSecond, int messagesPerSecond,
		int messageBurst, long sendQueueTotalBytes, long receiveQueueTotalBytes) {

	/** No limits. */
	public static final AdmissionLimits NONE = new AdmissionLimits(0, 0, 0, 0, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE);

}
