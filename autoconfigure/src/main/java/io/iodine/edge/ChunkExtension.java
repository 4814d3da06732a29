package io.iodine.edge;

/**
 * The grammar of chunk extensions (RFC 9112 section 7.1.1): names, each with or without a
 * token or quoted value, parted by semicolons. Their meaning is ignored. Refused is also
 * what Netty's codec fails on: octets beyond ASCII in a quoted value, and whitespace
 * behind one that is a token.
 */
final class ChunkExtension {

	private State state = State.BEFORE_NAME;

	/** Starts anew, after a semicolon. */
	void clear() {
		this.state = State.BEFORE_NAME;
	}

	/** Whether the line may end here. */
	boolean isWhole() {
		return this.state == State.NAME || this.state == State.VALUE || this.state == State.AFTER_QUOTED;
	}

	/**
	 * Takes the next octet.
	 * @param octet the octet
	 * @return false if it may not stand here
	 */
	boolean accepts(byte octet) {
		State next = switch (this.state) {
			case BEFORE_NAME -> isSpace(octet) ? State.BEFORE_NAME : token(octet, State.NAME);
			case NAME, AFTER_NAME -> inOrAfterName(octet);
			case BEFORE_VALUE -> beforeValue(octet);
			case VALUE -> (octet == ';') ? State.BEFORE_NAME : token(octet, State.VALUE);
			case QUOTED -> quoted(octet);
			case ESCAPED -> text(octet);
			case AFTER_QUOTED, AFTER_VALUE -> after(octet);
			case INVALID -> State.INVALID;
		};
		this.state = next;
		return next != State.INVALID;
	}

	private State inOrAfterName(byte octet) {
		if (octet == '=') {
			return State.BEFORE_VALUE;
		}
		if (isSpace(octet)) {
			return State.AFTER_NAME;
		}
		if (octet == ';') {
			return State.BEFORE_NAME;
		}
		return (this.state == State.NAME) ? token(octet, State.NAME) : State.INVALID;
	}

	private static State beforeValue(byte octet) {
		if (isSpace(octet)) {
			return State.BEFORE_VALUE;
		}
		return (octet == '"') ? State.QUOTED : token(octet, State.VALUE);
	}

	private static State quoted(byte octet) {
		return switch (octet) {
			case '"' -> State.AFTER_QUOTED;
			case '\\' -> State.ESCAPED;
			default -> text(octet);
		};
	}

	private static State text(byte octet) {
		return (octet >= 0 && HttpCharacters.inValue(octet)) ? State.QUOTED : State.INVALID;
	}

	private static State after(byte octet) {
		if (octet == ';') {
			return State.BEFORE_NAME;
		}
		return isSpace(octet) ? State.AFTER_VALUE : State.INVALID;
	}

	private static State token(byte octet, State then) {
		return HttpCharacters.inToken(octet) ? then : State.INVALID;
	}

	private static boolean isSpace(byte octet) {
		return octet == ' ' || octet == '\t';
	}

	private enum State {

		BEFORE_NAME, NAME, AFTER_NAME, BEFORE_VALUE, VALUE, QUOTED, ESCAPED, AFTER_QUOTED, AFTER_VALUE, INVALID

	}

}
