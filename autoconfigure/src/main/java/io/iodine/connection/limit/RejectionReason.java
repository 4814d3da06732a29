package io.iodine.connection.limit;

/** Why a request was not upgraded. */
public enum RejectionReason {

	/** The server drains. */
	DRAINING,

	/** Its page's origin may not connect. */
	ORIGIN,

	/** Its handshake is malformed, or of another version. */
	HANDSHAKE,

	/** It offers no subprotocol that is spoken. */
	SUBPROTOCOL,

	/** As many connections are open as may be. */
	TOTAL,

	/** Its address has as many as it may have. */
	ADDRESS,

	/** Its user has as many as they may have. */
	PRINCIPAL,

	/** Too many have come in this second. */
	RATE,

	/** It was not decided in time. */
	UNDECIDED,

	/** The application rejected it. */
	APPLICATION

}
