package io.iodine;

/**
 * Why a connection ended.
 *
 * @param cause who or what ended it
 * @param code the WebSocket close code (RFC 6455, section 7.4): 1005 when the peer gave
 * none, 1006 when the connection ended without a close frame; 0 for SSE and RAW
 * @param text the reason that went with the code, empty when there was none
 */
public record CloseReason(Cause cause, int code, String text) {

	/** Who or what ended a connection. */
	public enum Cause {

		/** The peer closed it, or its socket ended. */
		PEER,

		/** The application called {@code close} or {@code forceClose}. */
		LOCAL,

		/** The peer answered no ping, or was idle for too long. */
		TIMEOUT,

		/** The peer read too slowly: a bound of the outgoing queue was reached. */
		OVERFLOW,

		/** The peer broke the protocol or a limit of it. */
		PROTOCOL_ERROR,

		/** A callback threw an exception. */
		HANDLER_ERROR,

		/** The server shuts down. */
		SHUTDOWN

	}

}
