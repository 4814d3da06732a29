package io.iodine;

/**
 * Where a message stands within a larger one, of a connection whose framer has messages
 * {@linkplain Framer#inParts() in parts}. What is larger than memory is read and written
 * so.
 *
 * @param offset how many bytes of the whole stand before this part
 * @param length how many bytes this part has
 * @param size how many bytes the whole has
 */
public record MessagePart(long offset, int length, long size) {

	public MessagePart {
		if (offset < 0 || size < offset + length) {
			throw new IllegalArgumentException(
					"a part of " + length + " bytes at " + offset + " does not fit into " + size + " bytes");
		}
	}

	/**
	 * Makes a part of a larger message. The parts of one message are written in order,
	 * and nothing else between them.
	 * @param bytes the content of the part; taken over: don't change it
	 * @param offset how many bytes of the whole stand before it
	 * @param size how many bytes the whole has
	 * @return a binary message
	 * @throws IllegalArgumentException when the part does not fit into the whole
	 */
	public static Message of(byte[] bytes, long offset, long size) {
		Message message = Message.binary(bytes);
		MessagePart part = new MessagePart(offset, bytes.length, size);
		message.form(MessagePart.class, (same) -> part);
		return message;
	}

	/**
	 * Tells which part of a larger message this is.
	 * @param message the message
	 * @return the part; all of it for a message that is no part
	 */
	public static MessagePart of(Message message) {
		return message.form(MessagePart.class, (whole) -> new MessagePart(0, whole.size(), whole.size()));
	}

	/**
	 * Whether the whole begins with this part.
	 * @return true at offset 0
	 */
	public boolean isFirst() {
		return this.offset == 0;
	}

	/**
	 * Whether the whole ends with this part.
	 * @return true when nothing follows
	 */
	public boolean isLast() {
		return this.offset + this.length == this.size;
	}

}
