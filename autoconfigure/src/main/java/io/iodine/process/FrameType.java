package io.iodine.process;

import io.netty.handler.codec.CorruptedFrameException;

/** The kinds of frames on the control socket. The order is the protocol. */
enum FrameType {

	/** Worker: this connection is its control channel, of this version. */
	CONTROL,

	/** Worker: send the listening socket of this address on this connection. */
	SOCKET,

	/** Master: there is no such socket, and why. */
	SOCKET_REFUSED,

	/** Worker: it serves. */
	READY,

	/** Master: asks for a sign of life. */
	PING,

	/** Worker: gives it. */
	PONG,

	/** Master: drain and exit. */
	STOP,

	/** Master: open log files anew. */
	REOPEN,

	/** Worker: restart the worker of this number, or all. */
	RESTART,

	/** Master: which workers there are. */
	STATE,

	/** Both: a frame of pub/sub. */
	RELAY,

	/** Master: a worker has ended without being asked to. */
	CRASH;

	private static final FrameType[] TYPES = values();

	static FrameType of(int code) {
		if (code < 0 || code >= TYPES.length) {
			throw new CorruptedFrameException("there is no frame of type " + code);
		}
		return TYPES[code];
	}

}
