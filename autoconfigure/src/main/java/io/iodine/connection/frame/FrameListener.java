package io.iodine.connection.frame;

import io.iodine.Message;

/** Receives what a peer sends. Called on the event loop. */
public interface FrameListener {

	/**
	 * Receives a whole message.
	 * @param message the message
	 */
	void received(Message message);

	/**
	 * Receives a ping.
	 * @param payload its payload, to be returned in a pong
	 */
	void pinged(byte[] payload);

	/**
	 * Receives the close frame, after which nothing is read.
	 * @param code the close code
	 * @param reason the reason
	 */
	void peerCloses(int code, String reason);

	/**
	 * The peer broke the protocol or a limit, and nothing more is read.
	 * @param code the close code
	 * @param reason the reason
	 */
	void violated(int code, String reason);

	/**
	 * Whether reading goes on.
	 * @return false to leave the rest of the bytes unread for now
	 */
	boolean wantsMore();

	/**
	 * Counts a message, a ping or a pong towards the rate of the peer.
	 * @return true when the rate is exceeded
	 */
	boolean isTooFast();

}
