package io.iodine;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Delimits the messages of a RAW connection, in both directions. Immutable.
 * <p>
 * A message that is longer than the connection's limit closes the connection with
 * {@link CloseReason.Cause#PROTOCOL_ERROR}, as does an end within a message.
 */
public final class Framer {

	private static final Framer RAW = new Framer(Kind.RAW, new byte[0], 0, ByteOrder.BIG_ENDIAN);

	private static final Framer LINE = new Framer(Kind.LINE, new byte[] { '\n' }, 0, ByteOrder.BIG_ENDIAN);

	private static final Framer LENGTH = new Framer(Kind.LENGTH_PREFIXED, new byte[0], Long.BYTES,
			ByteOrder.LITTLE_ENDIAN);

	private final Kind kind;

	private final byte[] delimiter;

	private final int lengthBytes;

	private final ByteOrder order;

	private final boolean parts;

	private Framer(Kind kind, byte[] delimiter, int lengthBytes, ByteOrder order) {
		this(kind, delimiter, lengthBytes, order, false);
	}

	private Framer(Kind kind, byte[] delimiter, int lengthBytes, ByteOrder order, boolean parts) {
		this.parts = parts;
		this.kind = kind;
		this.delimiter = delimiter;
		this.lengthBytes = lengthBytes;
		this.order = order;
	}

	/**
	 * No frames: a message is what one read brought, of any length, and messages are
	 * written as they are.
	 * @return the framer
	 */
	public static Framer raw() {
		return RAW;
	}

	/**
	 * A message is a line. It ends with LF, before which a CR is left out; LF is written
	 * after each message. A line is a text message when it is valid UTF-8, else binary.
	 * @return the framer
	 */
	public static Framer line() {
		return LINE;
	}

	/**
	 * A message ends with a delimiter, which is not part of it and is written after each
	 * message. A message is text when it is valid UTF-8, else binary.
	 * @param delimiter the delimiter, in UTF-8
	 * @return the framer
	 * @throws IllegalArgumentException when it is empty or longer than 64 bytes
	 */
	public static Framer delimiter(String delimiter) {
		return delimiter(delimiter.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * A message ends with a delimiter, which is not part of it and is written after each
	 * message. A message is text when it is valid UTF-8, else binary.
	 * @param delimiter the delimiter
	 * @return the framer
	 * @throws IllegalArgumentException when it is empty or longer than 64 bytes
	 */
	public static Framer delimiter(byte[] delimiter) {
		if (delimiter.length == 0 || delimiter.length > 64) {
			throw new IllegalArgumentException("a delimiter has 1 to 64 bytes, not " + delimiter.length);
		}
		return new Framer(Kind.DELIMITED, delimiter.clone(), 0, ByteOrder.BIG_ENDIAN);
	}

	/**
	 * Before each message stands its length, as an unsigned little-endian number of 8
	 * bytes. Messages are binary.
	 * @return the framer
	 */
	public static Framer lengthPrefixed() {
		return LENGTH;
	}

	/**
	 * Before each message stands its length, as an unsigned number. Messages are binary.
	 * @param lengthBytes how many bytes the number has: 1, 2, 4 or 8
	 * @param order the order of these bytes
	 * @return the framer
	 * @throws IllegalArgumentException when there is no such number
	 */
	public static Framer lengthPrefixed(int lengthBytes, ByteOrder order) {
		if (Integer.bitCount(lengthBytes) != 1 || lengthBytes < 1 || lengthBytes > Long.BYTES) {
			throw new IllegalArgumentException("a length has 1, 2, 4 or 8 bytes, not " + lengthBytes);
		}
		return new Framer(Kind.LENGTH_PREFIXED, new byte[0], lengthBytes, Objects.requireNonNull(order));
	}

	/**
	 * The same, but messages come in parts, as they are read: each is a binary message of
	 * which {@link MessagePart#of(Message)} tells where it stands in the whole. The limit
	 * of messages is then that of a part. Parts may be written too.
	 * @return the framer
	 * @throws IllegalStateException when messages have no length before them
	 */
	public Framer inParts() {
		if (this.kind != Kind.LENGTH_PREFIXED) {
			throw new IllegalStateException("only messages with their length before them come in parts");
		}
		return new Framer(this.kind, this.delimiter, this.lengthBytes, this.order, true);
	}

	/**
	 * Whether messages come in parts.
	 * @return true for a framer made by {@link #inParts()}
	 */
	public boolean isInParts() {
		return this.parts;
	}

	/**
	 * What tells messages apart.
	 * @return the kind
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * What ends a message.
	 * @return a copy of the delimiter; empty for framers without one
	 */
	public byte[] delimiter() {
		return this.delimiter.clone();
	}

	/**
	 * How many bytes a length has.
	 * @return the number; 0 for framers without a length
	 */
	public int lengthBytes() {
		return this.lengthBytes;
	}

	/**
	 * The order of the bytes of a length.
	 * @return the order
	 */
	public ByteOrder order() {
		return this.order;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Framer framer && this.kind == framer.kind && this.parts == framer.parts
				&& this.lengthBytes == framer.lengthBytes && this.order == framer.order
				&& Arrays.equals(this.delimiter, framer.delimiter);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.kind, this.lengthBytes, this.order) * 31 + Arrays.hashCode(this.delimiter);
	}

	@Override
	public String toString() {
		return switch (this.kind) {
			case RAW -> "raw";
			case LINE -> "line";
			case DELIMITED -> "delimiter " + Arrays.toString(this.delimiter);
			case LENGTH_PREFIXED ->
				"length-prefixed, " + this.lengthBytes + " bytes, " + this.order + (this.parts ? ", in parts" : "");
		};
	}

	/** What tells messages apart. */
	public enum Kind {

		/** Nothing. */
		RAW,

		/** The end of a line. */
		LINE,

		/** A delimiter after each message. */
		DELIMITED,

		/** The length before each message. */
		LENGTH_PREFIXED

	}

}
