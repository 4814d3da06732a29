package io.iodine;

/** The protocol of a connection, to which a request may be upgraded. */
public enum Protocol {

	/** The WebSocket protocol, RFC 6455. */
	WEBSOCKET,

	/**
	 * Server-sent events, HTML living standard section 9.2: a response that never ends,
	 * from the server to the client only.
	 */
	SSE,

	/**
	 * Bytes without a framing of ours: a request with {@code Connection: Upgrade} to
	 * anything but WebSocket (RFC 9110, section 7.8), answered by 101.
	 */
	RAW

}
