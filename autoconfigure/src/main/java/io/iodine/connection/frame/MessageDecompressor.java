package io.iodine.connection.frame;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import org.jspecify.annotations.Nullable;

/**
 * Inflates the messages of one peer as they come (RFC 7692, section 7.2.2), and never
 * past the limit. Holds an inflater while a message comes, and between messages what
 * their {@link Context} says. Belongs to the event loop.
 */
final class MessageDecompressor {

	private static final byte[] NOTHING = {};

	/** What the end of each message leaves out. */
	private static final byte[] TAIL = { 0, 0, (byte) 0xFF, (byte) 0xFF };

	private static final int WINDOW = 32 * 1024;

	private static final int FIRST_PIECE = 1024;

	private final ZlibPool<Inflater> inflaters;

	private final Context context;

	private final int max;

	/** Longer than a message of the allowed size gets by being compressed. */
	private final long maxDeflated;

	private final byte[] probe = new byte[1];

	private @Nullable Inflater inflater;

	/** The end of the messages before, to which the next may refer. */
	private byte[] window = NOTHING;

	private int windowLength;

	private byte[] content = NOTHING;

	private int length;

	private long deflated;

	MessageDecompressor(ZlibPool<Inflater> inflaters, Context context, int max) {
		this.inflaters = inflaters;
		this.context = context;
		this.max = max;
		this.maxDeflated = Math.min(Integer.MAX_VALUE, (long) max + (max >> 3) + 64);
	}

	/**
	 * Whether a frame may belong to a message of the allowed size.
	 * @param size its length
	 * @return false when its message is too long whatever is in it
	 */
	boolean allows(long size) {
		return size <= this.maxDeflated - this.deflated;
	}

	/** What has been inflated of the message: its {@link #length()} bytes. */
	byte[] content() {
		return this.content;
	}

	int length() {
		return this.length;
	}

	/**
	 * Inflates a piece.
	 * @param bytes where it is, from the beginning
	 * @param count its length
	 * @return false when the message is longer than allowed
	 * @throws DataFormatException when it is no DEFLATE data
	 */
	boolean add(byte[] bytes, int count) throws DataFormatException {
		this.deflated += count;
		Inflater current = inflater();
		current.setInput(bytes, 0, count);
		while (true) {
			if (current.finished() && !restart(current, bytes, count)) {
				return true;
			}
			int space = makeSpace(count);
			int inflated = (space > 0) ? current.inflate(this.content, this.length, space)
					: current.inflate(this.probe);
			if (space == 0 && inflated > 0) {
				return false;
			}
			this.length += inflated;
			if (current.needsDictionary()) {
				throw new DataFormatException("the compressed data needs a preset dictionary");
			}
			if (inflated < Math.max(1, space) && current.needsInput() && !current.finished()) {
				return true;
			}
		}
	}

	/**
	 * Inflates what the end of a message leaves out.
	 * @return false when the message is longer than allowed
	 * @throws DataFormatException when it is no DEFLATE data
	 */
	boolean addTail() throws DataFormatException {
		return add(TAIL, TAIL.length);
	}

	/**
	 * Ends a message.
	 * @return its content
	 */
	byte[] end() {
		byte[] whole = (this.content.length == this.length) ? this.content : Arrays.copyOf(this.content, this.length);
		if (this.inflater != null && this.inflater.finished()) {
			this.inflater.reset();
		}
		if (this.context == Context.WINDOW) {
			remember(whole);
		}
		this.content = NOTHING;
		this.length = 0;
		this.deflated = 0;
		if (this.context != Context.INFLATER) {
			releaseInflater();
		}
		return whole;
	}

	/** Releases the inflater, and what was inflated. */
	void close() {
		this.content = NOTHING;
		this.window = NOTHING;
		this.windowLength = 0;
		releaseInflater();
	}

	private void releaseInflater() {
		if (this.inflater != null) {
			this.inflaters.give(this.inflater);
			this.inflater = null;
		}
	}

	/** Adds a message to the window, whose memory grows with what has come. */
	private void remember(byte[] message) {
		int added = Math.min(message.length, WINDOW);
		int kept = Math.min(this.windowLength, WINDOW - added);
		int from = this.windowLength - kept;
		byte[] target = this.window;
		if (target.length < kept + added) {
			target = new byte[Math.min(WINDOW, 2 * (kept + added))];
		}
		System.arraycopy(this.window, from, target, 0, kept);
		System.arraycopy(message, message.length - added, target, kept, added);
		this.window = target;
		this.windowLength = kept + added;
	}

	/**
	 * After a final block others may follow (section 7.2.1), which may refer to what was
	 * before it.
	 * @return false when none has come yet
	 */
	private boolean restart(Inflater current, byte[] bytes, int count) {
		int rest = current.getRemaining();
		if (rest == 0) {
			return false;
		}
		current.reset();
		setWindow(current);
		current.setInput(bytes, count - rest, rest);
		return true;
	}

	/** Tells an inflater what came before: of the messages before, and of this one. */
	private void setWindow(Inflater inflater) {
		int own = Math.min(this.length, WINDOW);
		int before = Math.min(this.windowLength, WINDOW - own);
		if (before > 0) {
			inflater.setDictionary(this.window, this.windowLength - before, before);
		}
		if (own > 0) {
			inflater.setDictionary(this.content, this.length - own, own);
		}
	}

	/** Memory grows with what has come, up to the limit. */
	private int makeSpace(int hint) {
		if (this.length == this.content.length && this.length < this.max) {
			long grown = Math.max(FIRST_PIECE, Math.max(this.length * 2L, hint * 3L));
			this.content = Arrays.copyOf(this.content, (int) Math.min(this.max, grown));
		}
		return this.content.length - this.length;
	}

	private Inflater inflater() {
		if (this.inflater == null) {
			this.inflater = this.inflaters.take();
			setWindow(this.inflater);
		}
		return this.inflater;
	}

	/** What is kept from one message to the next. */
	enum Context {

		/** Nothing: messages refer to none before. */
		NONE,

		/** At most 32 KiB of the messages before. */
		WINDOW,

		/** The inflater. */
		INFLATER

	}

}
