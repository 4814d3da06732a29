package io.iodine.edge;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

import io.iodine.header.CommaSeparatedList;
import org.jspecify.annotations.Nullable;

/**
 * The header fields that say where a request goes and where it ends, as RFC 9112 sections
 * 3.2 and 6 want them: one Host, and one Content-Length or one Transfer-Encoding.
 */
final class FramingFields {

	private static final int MAX_VALUE = 512;

	private static final Set<String> KNOWN_CODINGS = Set.of("gzip", "x-gzip", "deflate", "compress", "x-compress");

	/** What frames, routes, controls, authenticates or describes a request. */
	private static final Set<String> NEVER_TRAILERS = Set.of("host", "content-length", "transfer-encoding", "trailer",
			"te", "connection", "upgrade", "expect", "range", "cache-control", "max-forwards", "pragma",
			"authorization", "proxy-authorization", "cookie", "content-type", "content-encoding", "content-range",
			"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range");

	private final long maxBodySize;

	private final StringBuilder value = new StringBuilder();

	private Field field = Field.OTHER;

	private boolean http10;

	private boolean asterisk;

	private boolean host;

	/** A connection rarely asks for two; of a wrong one nothing comes after it. */
	private @Nullable String lastHost;

	private long contentLength = -1;

	private @Nullable String codings;

	private boolean unknownExpectation;

	FramingFields(long maxBodySize) {
		this.maxBodySize = maxBodySize;
	}

	void clear() {
		this.host = false;
		this.contentLength = -1;
		this.codings = null;
		this.unknownExpectation = false;
	}

	void http10(boolean http10) {
		this.http10 = http10;
	}

	void asterisk(boolean allowed) {
		this.asterisk = allowed;
	}

	boolean asterisk() {
		return this.asterisk;
	}

	/**
	 * A field begins.
	 * @param name its name, as it came, or the beginning of a long one
	 * @param length the length of the name
	 * @param inTrailer whether it stands behind the body
	 * @return why it may not stand there
	 */
	@Nullable RejectedRequest name(byte[] name, int length, boolean inTrailer) {
		this.field = Field.OTHER;
		if (inTrailer) {
			String given = new String(name, 0, length, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
			return NEVER_TRAILERS.contains(given.replace('_', '-')) ? RejectedRequest.TRAILER : null;
		}
		for (Field candidate : Field.FRAMING) {
			if (candidate.isNamed(name, length)) {
				this.field = candidate;
				return candidate.isDisguised(name) ? RejectedRequest.HEADER_DISGUISED : null;
			}
		}
		return null;
	}

	/**
	 * A piece of the field's value.
	 * @param octets holds the piece
	 * @param from its first octet
	 * @param to behind its last octet
	 * @return false if no such field is that long
	 */
	boolean value(byte[] octets, int from, int to) {
		if (this.field == Field.OTHER) {
			return true;
		}
		for (int i = from; i < to; i++) {
			this.value.append((char) (octets[i] & 0xff));
		}
		return this.value.length() <= MAX_VALUE;
	}

	/** What is wrong with a value that is too long. */
	RejectedRequest verdict() {
		return this.field.verdict;
	}

	/** The field's line ends. */
	@Nullable RejectedRequest endOfValue() {
		if (this.field == Field.OTHER) {
			return null;
		}
		String given = trim(this.value);
		this.value.setLength(0);
		return switch (this.field) {
			case HOST -> host(given);
			case CONTENT_LENGTH -> contentLength(given);
			case TRANSFER_ENCODING -> transferEncoding(given);
			case EXPECT -> expect(given);
			case OTHER -> null;
		};
	}

	/** The headers end. */
	@Nullable RejectedRequest endOfHeaders() {
		if (!this.host && !this.http10) {
			return RejectedRequest.HOST_MISSING;
		}
		if (this.codings != null) {
			RejectedRequest encoding = encoding(this.codings);
			if (encoding != null) {
				return encoding;
			}
		}
		if (this.contentLength > this.maxBodySize) {
			return RejectedRequest.BODY_TOO_LARGE;
		}
		return this.unknownExpectation ? RejectedRequest.EXPECTATION : null;
	}

	boolean isChunked() {
		return this.codings != null;
	}

	/** The length of the body, or less than 1 without one. */
	long contentLength() {
		return this.contentLength;
	}

	private @Nullable RejectedRequest host(String given) {
		if (this.host) {
			return RejectedRequest.HOST_REPEATED;
		}
		this.host = true;
		if (given.equals(this.lastHost)) {
			return null;
		}
		this.lastHost = given;
		return isHost(given) ? null : RejectedRequest.HOST_INVALID;
	}

	static boolean isHost(String given) {
		for (int i = 0; i < given.length(); i++) {
			char octet = given.charAt(i);
			if (octet > 0x7f || !HttpCharacters.inHost((byte) octet)) {
				return false;
			}
		}
		int colon = (given.lastIndexOf(':') > given.lastIndexOf(']')) ? given.lastIndexOf(':') : given.length();
		return isName(given.substring(0, colon)) && isPort(given.substring(colon));
	}

	private static boolean isName(String name) {
		boolean literal = name.startsWith("[") && name.endsWith("]") && name.length() > 2;
		boolean bare = !name.isEmpty()
				&& name.chars().noneMatch((octet) -> octet == ':' || octet == '[' || octet == ']');
		return literal || bare;
	}

	private static boolean isPort(String port) {
		return port.isEmpty() || (port.length() > 1 && port.length() <= 6 && areDigits(port.substring(1)));
	}

	private @Nullable RejectedRequest contentLength(String given) {
		if (this.contentLength >= 0) {
			return RejectedRequest.LENGTH_REPEATED;
		}
		if (given.isEmpty() || given.length() > 18 || !areDigits(given)) {
			return RejectedRequest.LENGTH_INVALID;
		}
		this.contentLength = Long.parseLong(given);
		return null;
	}

	private static boolean areDigits(String given) {
		return given.chars().allMatch((octet) -> octet >= '0' && octet <= '9');
	}

	private @Nullable RejectedRequest transferEncoding(String given) {
		this.codings = (this.codings == null) ? given : this.codings + ',' + given;
		return null;
	}

	private @Nullable RejectedRequest encoding(String codings) {
		if (this.contentLength >= 0) {
			return RejectedRequest.LENGTH_AND_ENCODING;
		}
		if (this.http10) {
			return RejectedRequest.ENCODING_IN_HTTP_1_0;
		}
		String lowerCase = codings.toLowerCase(Locale.ROOT);
		if (lowerCase.equals("chunked")) {
			return null;
		}
		boolean chunked = false;
		boolean unknown = false;
		for (String name : CommaSeparatedList.split(lowerCase)) {
			if (name.isEmpty() || chunked) {
				return RejectedRequest.ENCODING_NOT_FINAL;
			}
			chunked = name.equals("chunked");
			unknown |= !chunked && !KNOWN_CODINGS.contains(name);
		}
		return (chunked || unknown) ? RejectedRequest.ENCODING_UNKNOWN : RejectedRequest.ENCODING_NOT_FINAL;
	}

	private @Nullable RejectedRequest expect(String given) {
		this.unknownExpectation |= !given.equalsIgnoreCase("100-continue");
		return null;
	}

	private static String trim(CharSequence given) {
		int from = 0;
		int to = given.length();
		while (from < to && isSpace(given.charAt(from))) {
			from++;
		}
		while (to > from && isSpace(given.charAt(to - 1))) {
			to--;
		}
		return given.subSequence(from, to).toString();
	}

	private static boolean isSpace(char octet) {
		return octet == ' ' || octet == '\t';
	}

	private enum Field {

		OTHER("", RejectedRequest.HEADER_VALUE), HOST("host", RejectedRequest.HOST_INVALID),
		CONTENT_LENGTH("content-length", RejectedRequest.LENGTH_INVALID),
		TRANSFER_ENCODING("transfer-encoding", RejectedRequest.ENCODING_UNKNOWN),
		EXPECT("expect", RejectedRequest.EXPECTATION);

		private static final Field[] FRAMING = { HOST, CONTENT_LENGTH, TRANSFER_ENCODING, EXPECT };

		private final String name;

		private final RejectedRequest verdict;

		Field(String name, RejectedRequest verdict) {
			this.name = name;
			this.verdict = verdict;
		}

		private boolean isNamed(byte[] given, int length) {
			if (length != this.name.length()) {
				return false;
			}
			for (int i = 0; i < length; i++) {
				char expected = this.name.charAt(i);
				boolean same = (expected == '-') ? (given[i] == '-' || given[i] == '_') : (given[i] | 0x20) == expected;
				if (!same) {
					return false;
				}
			}
			return true;
		}

		// Content_Length is a valid name, but a client that sends it aims at a server
		// behind that
		// reads both alike, as CGI does.
		private boolean isDisguised(byte[] given) {
			int hyphen = this.name.indexOf('-');
			while (hyphen >= 0 && given[hyphen] == '-') {
				hyphen = this.name.indexOf('-', hyphen + 1);
			}
			return hyphen >= 0;
		}

	}

}
