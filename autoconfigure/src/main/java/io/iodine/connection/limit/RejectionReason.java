package io.iodine.connection.limit;

/** Why a request was not upgraded. */
public enum RejectionReason {

	/** The server drains. */
	DRAINING,

	/** The origin of its page is not allowed. */
	ORIGIN,

	/** Its handshake is malformed, or of another version. */
	HANDSHAKE,

	/** It offers no subprotocol that is supported. */
	SUBPROTOCOL,

	/** The maximum number of connections is open. */
	TOTAL,

	/** The maximum number of connections of its address is open. */
	ADDRESS,

	/** The maximum number of connections of its user is open. */
	PRINCIPAL,

	/** The maximum number of connections of this second was accepted. */
	RATE,

	/** It was not decided in time. */
	UNDECIDED,

	/** The application rejected it. */
	APPLICATION

}
