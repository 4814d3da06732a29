package io.iodine.connection.frame;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a WebSocket client (RFC 6455, section 5). A frame may come in any
 * number of pieces; content is copied once, unmasked and checked as it comes, and memory
 * for it grows with what has come, not with what was announced.
 * <p>
 * It is long because it is one state machine: every method reads the frame and the
 * message that the bytes belong to.
 */
final class WebSocketReader implements FrameReader {

	private static final int PROTOCOL_ERROR = 1002;

	private static final int INVALID_PAYLOAD = 1007;

	private static final int TOO_BIG = 1009;

	private static final int MAX_CONTROL = 125;

	private static final int MAX_HEAD = 14;

	private static final int RESERVED = 0x70;

	/** So much memory is taken at once for a message of which little has come. */
	private static final int FIRST_PIECE = 4096;

	private static final byte[] NOTHING = {};

	private static final int SCRATCH = 8 * 1024;

	/** Memory in which a piece is unmasked before it is inflated. */
	private static final FastThreadLocal<byte[]> scratches = new FastThreadLocal<>() {

		@Override
		protected byte[] initialValue() {
			return new byte[SCRATCH];
		}

	};

	private FrameListener listener;

	private int maxMessageSize;

	/** Whether frames come from a server, which masks none (RFC 6455, section 5.1). */
	private final boolean client;

	/** Null when the peer must not compress. */
	private final @Nullable MessageDecompressor inflation;

	/** A head of which only a part has come. */
	private byte @Nullable [] partialHead;

	private int partialHeadLength;

	/** The frame being read; no opcode between frames. */
	private int opcode = -1;

	private boolean last;

	private int mask;

	private int length;

	private int done;

	/** The data message being read, of one frame or many; no opcode between messages. */
	private int messageOpcode = -1;

	private boolean deflated;

	private byte[] content = NOTHING;

	private int contentLength;

	/** Made for the first text. */
	private @Nullable Utf8Validator validator;

	/** Whether the message being read is a text. */
	private boolean isText;

	private byte[] control = NOTHING;

	private boolean finished;

	WebSocketReader(FrameListener listener, int maxMessageSize, @Nullable MessageDecompressor inflation) {
		this(listener, maxMessageSize, inflation, false);
	}

	WebSocketReader(FrameListener listener, int maxMessageSize, @Nullable MessageDecompressor inflation,
			boolean client) {
		this.client = client;
		this.listener = listener;
		this.inflation = inflation;
		this.maxMessageSize = maxMessageSize;
	}

	/**
	 * Reads for another connection from now on.
	 * @param next receives the messages
	 * @param max bytes of the largest message
	 */
	void use(FrameListener next, int max) {
		this.listener = next;
		this.maxMessageSize = max;
	}

	/** Whether nothing is held, so that another client's connection may use this. */
	boolean isBetweenMessages() {
		return !this.client && this.inflation == null && this.opcode < 0 && this.messageOpcode < 0
				&& this.partialHead == null && !this.finished;
	}

	@Override
	public void read(ByteBuf bytes) {
		while (bytes.isReadable() && !this.finished) {
			if ((this.opcode < 0 && !readHead(bytes)) || !readContent(bytes)) {
				break;
			}
			if (!this.listener.wantsMore()) {
				return;
			}
		}
		if (this.finished) {
			bytes.skipBytes(bytes.readableBytes());
		}
	}

	@Override
	public void end() {
		if (this.inflation != null) {
			this.inflation.close();
		}
	}

	/**
	 * Reads the head of a frame, which may be empty of content.
	 * @return false when more of it must come, or there is nothing more to read
	 */
	private boolean readHead(ByteBuf bytes) {
		if (this.partialHead == null) {
			int length = headLength(bytes);
			if (bytes.readableBytes() >= length) {
				return parseHead(bytes);
			}
			this.partialHead = new byte[MAX_HEAD];
		}
		return completeHead(bytes, this.partialHead);
	}

	private boolean completeHead(ByteBuf bytes, byte[] head) {
		while (bytes.isReadable()) {
			head[this.partialHeadLength++] = bytes.readByte();
			ByteBuf whole = Unpooled.wrappedBuffer(head, 0, this.partialHeadLength);
			if (this.partialHeadLength >= headLength(whole)) {
				this.partialHead = null;
				this.partialHeadLength = 0;
				return parseHead(whole);
			}
		}
		return false;
	}

	private static int headLength(ByteBuf bytes) {
		if (bytes.readableBytes() < 2) {
			return 2;
		}
		int second = bytes.getByte(bytes.readerIndex() + 1);
		int masked = (second < 0) ? Integer.BYTES : 0;
		return switch (second & 0x7F) {
			case 126 -> 2 + Short.BYTES + masked;
			case 127 -> 2 + Long.BYTES + masked;
			default -> 2 + masked;
		};
	}

	private boolean parseHead(ByteBuf head) {
		int first = head.readUnsignedByte();
		int second = head.readUnsignedByte();
		int code = first & 0x0F;
		boolean fin = first >= 0x80;
		int reserved = first & RESERVED;
		if (reserved != 0 && !(reserved == WebSocketFraming.DEFLATED && mayBeDeflated(code))) {
			return fail("reserved bits are set");
		}
		if (second < 0x80 != this.client) {
			return fail(this.client ? "a server's frame is masked" : "a client's frame is not masked");
		}
		long size = readLength(head, second & 0x7F);
		if (size < 0) {
			return fail("a length is not in its shortest form");
		}
		String violation = (code >= WebSocketFraming.CLOSE) ? controlViolation(code, fin, size) : dataViolation(code);
		if (violation != null) {
			return fail(violation);
		}
		if (code == WebSocketFraming.TEXT || code == WebSocketFraming.BINARY) {
			this.deflated = reserved != 0;
		}
		if (code < WebSocketFraming.CLOSE && !allows(size)) {
			return failTooBig();
		}
		begin(code, fin, (int) size, this.client ? 0 : head.readInt());
		return true;
	}

	/** Only the first frame of a message says so (RFC 7692, section 6.1). */
	private boolean mayBeDeflated(int code) {
		return this.inflation != null && (code == WebSocketFraming.TEXT || code == WebSocketFraming.BINARY);
	}

	private boolean allows(long size) {
		return (this.deflated && this.inflation != null) ? this.inflation.allows(size)
				: size <= this.maxMessageSize - this.contentLength;
	}

	/** Also refuses what RFC 6455, section 5.2, calls not minimal. */
	private static long readLength(ByteBuf head, int seven) {
		if (seven == 126) {
			int length = head.readUnsignedShort();
			return (length > 125) ? length : -1;
		}
		if (seven == 127) {
			long length = head.readLong();
			return (length > 0xFFFF) ? length : -1;
		}
		return seven;
	}

	private static @Nullable String controlViolation(int code, boolean fin, long size) {
		if (code > WebSocketFraming.PONG) {
			return "opcode " + code + " is reserved";
		}
		if (!fin) {
			return "a control frame is fragmented";
		}
		return (size > MAX_CONTROL) ? "a control frame is longer than 125 bytes" : null;
	}

	private @Nullable String dataViolation(int code) {
		if (code > WebSocketFraming.BINARY) {
			return "opcode " + code + " is reserved";
		}
		if (code == WebSocketFraming.CONTINUATION && this.messageOpcode < 0) {
			return "there is nothing to continue";
		}
		if (code != WebSocketFraming.CONTINUATION && this.messageOpcode >= 0) {
			return "a message begins within another";
		}
		return null;
	}

	private void begin(int code, boolean fin, int size, int mask) {
		this.opcode = code;
		this.last = fin;
		this.length = size;
		this.mask = mask;
		this.done = 0;
		if (code >= WebSocketFraming.CLOSE) {
			this.control = (size == 0) ? NOTHING : new byte[size];
		}
		else if (code != WebSocketFraming.CONTINUATION) {
			this.messageOpcode = code;
			this.isText = code == WebSocketFraming.TEXT;
			if (this.isText) {
				beginText();
			}
		}
	}

	/** Reads content, and the end of the frame when it has come. */
	private boolean readContent(ByteBuf bytes) {
		int piece = Math.min(this.length - this.done, bytes.readableBytes());
		boolean isControl = this.opcode >= WebSocketFraming.CLOSE;
		if (piece > 0) {
			if (isControl) {
				take(bytes, this.control, this.done, piece);
			}
			else if (this.deflated && this.inflation != null) {
				if (!takeDeflated(bytes, piece, this.inflation)) {
					return false;
				}
			}
			else if (!takeData(bytes, piece)) {
				return failText();
			}
		}
		if (this.done < this.length) {
			return false;
		}
		return isControl ? endControl() : endData();
	}

	private boolean takeData(ByteBuf bytes, int piece) {
		int needed = this.contentLength + piece;
		if (needed > this.content.length) {
			this.content = Arrays.copyOf(this.content, grown(needed));
		}
		int from = this.contentLength;
		take(bytes, this.content, from, piece);
		this.contentLength += piece;
		return isValid(this.content, from, piece);
	}

	/**
	 * The next size of the content. Exact for the end of a message; else twice as large
	 * as before, because a message of many fragments would be copied for each of them.
	 */
	private int grown(int needed) {
		int most = this.last ? this.contentLength + this.length - this.done : this.maxMessageSize;
		return (this.last && needed == most) ? most
				: (int) Math.min(most, Math.max(FIRST_PIECE, Math.max(needed, this.content.length * 2L)));
	}

	/** Unmasks and inflates a piece, a little at a time. */
	private boolean takeDeflated(ByteBuf bytes, int piece, MessageDecompressor inflation) {
		byte[] scratch = scratches.get();
		for (int left = piece; left > 0;) {
			int part = Math.min(left, scratch.length);
			take(bytes, scratch, 0, part);
			left -= part;
			if (!inflate(inflation, scratch, part)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Inflates.
	 * @param inflation has the message so far
	 * @param piece what follows
	 * @param count how many bytes of it; -1 for the end of the message
	 */
	private boolean inflate(MessageDecompressor inflation, byte[] piece, int count) {
		int from = inflation.length();
		try {
			if (!((count < 0) ? inflation.addTail() : inflation.add(piece, count))) {
				return failTooBig();
			}
		}
		catch (DataFormatException ex) {
			return fail(INVALID_PAYLOAD, "a compressed message can't be inflated");
		}
		return isValid(inflation.content(), from, inflation.length() - from) || failText();
	}

	private void beginText() {
		if (this.validator == null) {
			this.validator = new Utf8Validator();
		}
		else {
			this.validator.reset();
		}
	}

	private boolean isValid(byte[] piece, int offset, int length) {
		return !this.isText || this.validator == null || this.validator.accepts(piece, offset, length);
	}

	private void take(ByteBuf bytes, byte[] into, int at, int piece) {
		bytes.readBytes(into, at, piece);
		if (!this.client) {
			Masking.apply(into, at, piece, this.mask, this.done);
		}
		this.done += piece;
	}

	private boolean endData() {
		this.opcode = -1;
		if (!this.last) {
			return true;
		}
		if (this.deflated && this.inflation != null && !inflate(this.inflation, NOTHING, -1)) {
			return false;
		}
		if (this.isText && this.validator != null && !this.validator.isComplete()) {
			return fail(INVALID_PAYLOAD, "a text message ends within a character");
		}
		if (this.listener.isTooFast()) {
			return failTooFast();
		}
		byte[] whole = wholeContent();
		this.messageOpcode = -1;
		this.content = NOTHING;
		this.contentLength = 0;
		this.listener.received(this.isText ? Message.text(whole) : Message.binary(whole));
		return true;
	}

	private byte[] wholeContent() {
		if (this.deflated && this.inflation != null) {
			return this.inflation.end();
		}
		return (this.content.length == this.contentLength) ? this.content
				: Arrays.copyOf(this.content, this.contentLength);
	}

	private boolean endControl() {
		int code = this.opcode;
		byte[] payload = this.control;
		this.opcode = -1;
		this.control = NOTHING;
		if (code != WebSocketFraming.CLOSE && this.listener.isTooFast()) {
			return failTooFast();
		}
		if (code == WebSocketFraming.PING) {
			this.listener.pinged(payload);
		}
		else if (code == WebSocketFraming.CLOSE) {
			return close(payload);
		}
		return true;
	}

	private boolean close(byte[] payload) {
		if (payload.length == 0) {
			return finish(WebSocketFraming.NO_CODE, "");
		}
		if (payload.length == 1) {
			return fail("a close frame has half a code");
		}
		int code = ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
		if (!CloseCode.maySend(code)) {
			return fail("close code " + code + " must not be sent");
		}
		byte[] reason = Arrays.copyOfRange(payload, Short.BYTES, payload.length);
		if (!Utf8Validator.isValid(reason)) {
			return fail(INVALID_PAYLOAD, "a close reason is not valid UTF-8");
		}
		return finish(code, new String(reason, StandardCharsets.UTF_8));
	}

	private boolean finish(int code, String reason) {
		stop();
		this.listener.peerCloses(code, reason);
		return false;
	}

	private boolean failTooBig() {
		return fail(TOO_BIG, "a message is longer than " + this.maxMessageSize + " bytes");
	}

	private boolean failTooFast() {
		return fail(CloseCode.POLICY_VIOLATION, "sends too many messages");
	}

	private boolean failText() {
		return fail(INVALID_PAYLOAD, "a text message is not valid UTF-8");
	}

	private boolean fail(String violation) {
		return fail(PROTOCOL_ERROR, violation);
	}

	private boolean fail(int code, String violation) {
		stop();
		this.listener.violated(code, violation);
		return false;
	}

	/** Reads no further, and frees what was read of a message. */
	private void stop() {
		this.finished = true;
		this.content = NOTHING;
		end();
	}

}
