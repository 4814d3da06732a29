package io.iodine.connection;

/**
 * Totals of messages and bytes of connections, including closed ones.
 *
 * @param messagesIn messages received
 * @param bytesIn bytes of them
 * @param messagesOut messages handed to the socket
 * @param bytesOut bytes handed to the socket, framing included
 */
public record TrafficTotals(long messagesIn, long bytesIn, long messagesOut, long bytesOut) {

	static final TrafficTotals NONE = new TrafficTotals(0, 0, 0, 0);

	TrafficTotals plus(TrafficTotals other) {
		return new TrafficTotals(this.messagesIn + other.messagesIn, this.bytesIn + other.bytesIn,
				this.messagesOut + other.messagesOut, this.bytesOut + other.bytesOut);
	}

}
