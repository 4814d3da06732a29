package io.iodine.connection;

/**
 * The states of a connection, in their order: a connection never returns to an earlier
 * one, and may skip some.
 */
enum ConnectionState {

	/** Messages go both ways. */
	OPEN,

	/**
	 * A reason to close was given, by the application or by a fault of the peer. What was
	 * written before it is sent, then the close frame. The close timer runs.
	 */
	CLOSING,

	/**
	 * The close frame of the peer has come: nothing more will. Callbacks still hear what
	 * came before it.
	 */
	PEER_CLOSED,

	/**
	 * The socket is closed. Buffers and timers are given back, and {@code onClose} waits
	 * for its turn.
	 */
	SOCKET_GONE,

	/** The last callback has begun. Nothing happens any more. */
	CLOSED

}
