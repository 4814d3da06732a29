package io.iodine.connection.frame;

import java.nio.charset.StandardCharsets;

/** The codes with which connections close (RFC 6455, section 7.4.1). */
public final class CloseCode {

	public static final int NORMAL = 1000;

	public static final int GOING_AWAY = 1001;

	/** Never sent: the peer closed the socket without a close frame. */
	public static final int NO_CLOSE_FRAME = 1006;

	public static final int PROTOCOL_ERROR = 1002;

	public static final int POLICY_VIOLATION = 1008;

	public static final int TOO_BIG = 1009;

	public static final int INTERNAL_ERROR = 1011;

	public static final int TRY_AGAIN_LATER = 1013;

	private static final int MAX_REASON_BYTES = 123;

	private CloseCode() {
	}

	/**
	 * Whether a close frame may carry a code (RFC 6455, section 7.4, and the codes
	 * registered with IANA since).
	 * @param code the code
	 * @return false for codes that are reserved, or unknown
	 */
	static boolean maySend(int code) {
		return (code >= NORMAL && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
	}

	/**
	 * Checks what an application wants to close with.
	 * @param code the code
	 * @param reason the reason
	 * @throws IllegalArgumentException when an application may not send it
	 */
	public static void check(int code, String reason) {
		if (!maySend(code)) {
			throw new IllegalArgumentException(
					"a close code is 1000 to 1003, 1007 to 1014, or 3000 to 4999, not " + code);
		}
		int length = reason.getBytes(StandardCharsets.UTF_8).length;
		if (length > MAX_REASON_BYTES) {
			throw new IllegalArgumentException("a close reason has at most " + MAX_REASON_BYTES
					+ " bytes of UTF-8, but one of " + length + " was given");
		}
	}

}
