package io.iodine.edge;

/** Which octets may stand where in a request (RFC 9110 section 5, RFC 3986). */
final class HttpCharacters {

	private static final byte TOKEN = 1;

	private static final byte TARGET = 2;

	private static final byte VALUE = 4;

	private static final byte HOST = 8;

	private static final byte[] KINDS = new byte[256];

	static {
		for (int octet = 0; octet < 256; octet++) {
			boolean visible = octet > ' ' && octet < 0x7f;
			boolean alphanumeric = octet < 0x80 && Character.isLetterOrDigit(octet);
			mark(octet, TOKEN, alphanumeric || isOneOf("!#$%&'*+-.^_`|~", octet));
			mark(octet, TARGET, visible && !isOneOf("\"#<>\\", octet));
			mark(octet, VALUE, visible || octet == ' ' || octet == '\t' || octet >= 0x80);
			mark(octet, HOST, alphanumeric || isOneOf("-._~%!$&'()*+;=:[]", octet));
		}
	}

	private HttpCharacters() {
	}

	static boolean inToken(byte octet) {
		return is(octet, TOKEN);
	}

	static boolean inTarget(byte octet) {
		return is(octet, TARGET);
	}

	static boolean inValue(byte octet) {
		return is(octet, VALUE);
	}

	static boolean inHost(byte octet) {
		return is(octet, HOST);
	}

	private static boolean is(byte octet, byte kind) {
		return (KINDS[octet & 0xff] & kind) != 0;
	}

	private static void mark(int octet, byte kind, boolean belongs) {
		if (belongs) {
			KINDS[octet] |= kind;
		}
	}

	private static boolean isOneOf(String octets, int octet) {
		return octets.indexOf(octet) >= 0;
	}

}
