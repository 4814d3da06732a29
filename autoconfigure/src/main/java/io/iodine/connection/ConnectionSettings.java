package io.iodine.connection;

import java.time.Duration;

import io.iodine.Overflow;
import io.iodine.connection.fanout.FanoutSettings;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.limit.AdmissionLimits;

/**
 * The limits and deadlines of a connection.
 *
 * @param maxMessageSize bytes of one message from the peer, fragments together; more
 * closes with 1009
 * @param receiveQueueMaxMessages messages of one connection that wait for their callback
 * before reading pauses
 * @param receiveQueueMaxBytes bytes of such messages before reading pauses
 * @param sendQueueMaxMessages messages that wait for the socket
 * @param sendQueueMaxBytes bytes that wait for the socket
 * @param overflow what happens at either of these two
 * @param maxPendingTasks listener messages of one connection that wait for their turn,
 * and as many deferred tasks
 * @param maxPendingFanout bytes published to the subscribers of one event loop that wait
 * for it; over it the newest message is dropped for them, counted and logged
 * @param maxSubscriptions channels and patterns that one connection may subscribe to
 * @param pingInterval the idle time after which a WebSocket is pinged, a comment is sent
 * on an event stream, and the handler of a RAW connection is called; zero for never
 * @param pingTimeout how long a ping may go unanswered
 * @param closeTimeout the maximum time for a peer to close after a close frame
 * @param closeOnHandlerError whether an exception in any callback closes with 1011
 * @param compression how the messages of WebSockets are compressed
 * @param limits the limits of all connections together
 */
public record ConnectionSettings(int maxMessageSize, int receiveQueueMaxMessages, int receiveQueueMaxBytes,
		int sendQueueMaxMessages, int sendQueueMaxBytes, Overflow overflow, int maxPendingTasks, long maxPendingFanout,
		int maxSubscriptions, Duration pingInterval, Duration pingTimeout, Duration closeTimeout,
		boolean closeOnHandlerError, CompressionSettings compression, AdmissionLimits limits) {

	FanoutSettings fanout() {
		return new FanoutSettings(this.maxPendingFanout, this.maxPendingTasks, this.sendQueueMaxMessages / 2,
				this.sendQueueMaxBytes / 2, this.maxSubscriptions);
	}

	/**
	 * The same with another limit of messages.
	 * @param bytes bytes of one message
	 * @return the settings
	 */
	public ConnectionSettings withMaxMessageSize(int bytes) {
		return new ConnectionSettings(bytes, this.receiveQueueMaxMessages, this.receiveQueueMaxBytes,
				this.sendQueueMaxMessages, this.sendQueueMaxBytes, this.overflow, this.maxPendingTasks,
				this.maxPendingFanout, this.maxSubscriptions, this.pingInterval, this.pingTimeout, this.closeTimeout,
				this.closeOnHandlerError, this.compression, this.limits);
	}

}
