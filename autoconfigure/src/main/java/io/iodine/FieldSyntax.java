package io.iodine;

/** The syntax of HTTP field names and values (RFC 9110, section 5). */
final class FieldSyntax {

	private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

	private FieldSyntax() {
	}

	static String token(String name) {
		if (name.isEmpty() || !name.chars().allMatch(FieldSyntax::isTokenCharacter)) {
			throw new IllegalArgumentException("'" + name + "' is not a token (RFC 9110, section 5.6.2)");
		}
		return name;
	}

	static String value(String value) {
		singleLine("a header value", value);
		return value;
	}

	static void singleLine(String what, String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c == '\r' || c == '\n' || c == '\0') {
				throw new IllegalArgumentException(
						what + " must not contain CR, LF or NUL, but character " + i + " is U+%04X".formatted((int) c));
			}
		}
	}

	private static boolean isTokenCharacter(int c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
				|| TOKEN_PUNCTUATION.indexOf(c) >= 0;
	}

}
