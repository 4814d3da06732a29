package io.iodine.edge;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frames of an HTTP/2 client octet by octet, for the codec tells of whole
 * ones only: what the client is in the middle of, and how much of each body has come.
 */
final class FrameScanner {

	private static final int PREFACE = 24;

	private static final int HEAD = 9;

	private static final int DATA = 0;

	private static final int HEADERS = 1;

	private static final int SETTINGS = 4;

	private static final int CONTINUATION = 9;

	private static final int ACK = 1;

	private static final int END_HEADERS = 4;

	private final Bodies bodies;

	private final byte[] head = new byte[HEAD];

	private int preface = PREFACE;

	private int headLength;

	private int remaining;

	private boolean settled;

	private boolean inHeaders;

	private long heads;

	FrameScanner(Bodies bodies) {
		this.bodies = bodies;
	}

	/**
	 * Reads on, and leaves the octets as they are.
	 * @param octets what came
	 */
	void scan(ByteBuf octets) {
		int at = octets.readerIndex();
		int end = octets.writerIndex();
		int skipped = Math.min(this.preface, end - at);
		this.preface -= skipped;
		at += skipped;
		while (at < end) {
			at += (this.remaining > 0) ? payload(end - at) : head(octets, at, end - at);
		}
	}

	private int head(ByteBuf octets, int at, int available) {
		int length = Math.min(HEAD - this.headLength, available);
		octets.getBytes(at, this.head, this.headLength, length);
		this.headLength += length;
		if (this.headLength == HEAD) {
			this.headLength = 0;
			this.remaining = (this.head[0] & 0xFF) << 16 | (this.head[1] & 0xFF) << 8 | (this.head[2] & 0xFF);
			this.inHeaders |= type() == HEADERS;
			endIfWhole();
		}
		return length;
	}

	private int payload(int available) {
		int length = Math.min(this.remaining, available);
		this.remaining -= length;
		if (type() == DATA) {
			this.bodies.came(stream(), length);
		}
		endIfWhole();
		return length;
	}

	private void endIfWhole() {
		if (this.remaining > 0) {
			return;
		}
		if ((type() == HEADERS || type() == CONTINUATION) && (flags() & END_HEADERS) != 0) {
			this.inHeaders = false;
		}
		if (type() == SETTINGS && (flags() & ACK) == 0) {
			this.settled = true;
		}
		if (!this.inHeaders) {
			this.heads++;
		}
	}

	private int type() {
		return this.head[3];
	}

	private int flags() {
		return this.head[4];
	}

	private int stream() {
		return (this.head[5] & 0x7F) << 24 | (this.head[6] & 0xFF) << 16 | (this.head[7] & 0xFF) << 8
				| (this.head[8] & 0xFF);
	}

	/**
	 * Whether the client has begun something that is no body, and has not brought it to
	 * its end: the preface with the settings, a list of headers, or any small frame.
	 */
	boolean isInHead() {
		return !this.settled || this.inHeaders || this.headLength > 0 || (this.remaining > 0 && type() != DATA);
	}

	/** How many frames, or lists of headers in several frames, have come whole. */
	long heads() {
		return this.heads;
	}

	/** Hears of bodies. */
	interface Bodies {

		/**
		 * A part of a body has come.
		 * @param stream the stream's number
		 * @param octets how many, padding included
		 */
		void came(int stream, int octets);

	}

}
