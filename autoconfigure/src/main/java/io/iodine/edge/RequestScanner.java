package io.iodine.edge;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request at a time, octet by octet, as strictly as RFC 9112 allows, and so
 * knows where each ends whatever pieces it comes in. Keeps nothing but its place and the
 * few fields that frame a request. Belongs to its connection's event loop.
 */
final class RequestScanner {

	private static final int MAX_METHOD = 32;

	private static final int MAX_CHUNK_LINE = 1024;

	private static final int MAX_CHUNK_EXTENSIONS = 16 * 1024;

	private static final int MAX_SIZE_DIGITS = 16;

	private final EdgeLimits limits;

	private final byte[] word = new byte[MAX_METHOD];

	private final FramingFields fields;

	private final ChunkExtension extension = new ChunkExtension();

	private State state = State.START;

	private @Nullable RejectedRequest rejection;

	private int wordLength;

	private int lineSize;

	private int headerSize;

	private int headers;

	private boolean blankLineSeen;

	private boolean inTrailer;

	private boolean forHead;

	private long remaining;

	private int sizeDigits;

	private int extensionsSize;

	private long bodySize;

	RequestScanner(EdgeLimits limits) {
		this.limits = limits;
		this.fields = new FramingFields(limits.maxBodySize());
	}

	/**
	 * Reads on.
	 * @param in what arrived; its indices stay
	 * @param window working space, as large as one likes to copy at once
	 * @return how many of its octets belong to the request being read
	 */
	int scan(ByteBuf in, byte[] window) {
		int index = in.readerIndex();
		int end = in.writerIndex();
		while (index < end && this.state.part != Part.END && this.rejection == null) {
			if (this.state.part == Part.CONTENT) {
				index += skipContent(end - index);
			}
			else {
				int length = Math.min(end - index, window.length);
				in.getBytes(index, window, 0, length);
				index += read(window, length);
			}
		}
		return index - in.readerIndex();
	}

	/** Makes ready for the next request, after a complete one. */
	void next() {
		this.state = State.START;
		this.wordLength = 0;
		this.lineSize = 0;
		this.headerSize = 0;
		this.headers = 0;
		this.blankLineSeen = false;
		this.inTrailer = false;
		this.forHead = false;
		this.extensionsSize = 0;
		this.bodySize = 0;
		this.fields.clear();
	}

	@Nullable RejectedRequest rejection() {
		return this.rejection;
	}

	/** Whether only the head of an answer is asked for. */
	boolean isForHead() {
		return this.forHead;
	}

	boolean isComplete() {
		return this.state == State.COMPLETE;
	}

	boolean isInHead() {
		return this.state != State.START && !isInBody() && !isComplete();
	}

	boolean isInBody() {
		return this.inTrailer || this.state.part == Part.CONTENT || this.state.part == Part.CHUNKING;
	}

	/** The octets of content read so far. */
	long bodySize() {
		return this.bodySize;
	}

	private int skipContent(int available) {
		int length = (int) Math.min(this.remaining, available);
		this.remaining -= length;
		this.bodySize += length;
		if (this.remaining == 0) {
			this.state = (this.state == State.FIXED) ? State.COMPLETE : State.DATA_CR;
		}
		return length;
	}

	private int read(byte[] octets, int length) {
		int i = 0;
		while (i < length && this.rejection == null && isText()) {
			i = switch (this.state) {
				case METHOD -> readMethod(octets, i, length);
				case TARGET -> readTarget(octets, i, length);
				case VERSION -> readVersion(octets, i, length);
				case NAME -> readName(octets, i, length);
				case VALUE -> readValue(octets, i, length);
				case START -> start(octets[i], i);
				case LINE -> startLine(octets[i], i);
				case EXTENSION -> readExtension(octets[i], i);
				case SIZE, SIZE_SPACE -> readSize(octets[i], i);
				default -> lineEnd(octets[i], i);
			};
		}
		return i;
	}

	private boolean isText() {
		return this.state.part == Part.HEAD || this.state.part == Part.CHUNKING;
	}

	private int start(byte octet, int i) {
		if (octet == '\r' && !this.blankLineSeen) {
			this.blankLineSeen = true;
			this.state = State.START_LF;
			return i + 1;
		}
		if (!HttpCharacters.inToken(octet)) {
			return reject(RejectedRequest.REQUEST_LINE, i);
		}
		this.state = State.METHOD;
		return i;
	}

	private int readMethod(byte[] octets, int from, int length) {
		int i = from;
		while (i < length && HttpCharacters.inToken(octets[i])) {
			if (this.wordLength < MAX_METHOD) {
				this.word[this.wordLength++] = octets[i];
			}
			i++;
		}
		this.lineSize += i - from;
		if (this.lineSize > this.limits.maxRequestLine()) {
			return reject(RejectedRequest.REQUEST_LINE, i);
		}
		if (i == length) {
			return i;
		}
		if (octets[i] != ' ') {
			return reject(RejectedRequest.REQUEST_LINE, i);
		}
		if (this.lineSize > MAX_METHOD) {
			return reject(RejectedRequest.METHOD_TOO_LONG, i);
		}
		if (isWord("CONNECT")) {
			return reject(RejectedRequest.CONNECT, i);
		}
		this.forHead = isWord("HEAD");
		this.fields.asterisk(isWord("OPTIONS"));
		return nextWord(State.TARGET, i + 1);
	}

	private int readTarget(byte[] octets, int from, int length) {
		int i = from;
		while (i < length && isTarget(octets[i])) {
			if (this.wordLength < "https://x".length()) {
				this.word[this.wordLength++] = octets[i];
			}
			i++;
		}
		this.lineSize += i - from;
		if (this.lineSize > this.limits.maxRequestLine()) {
			return reject(RejectedRequest.TARGET_TOO_LONG, i);
		}
		if (i == length) {
			return i;
		}
		if (octets[i] != ' ') {
			return reject((octets[i] == '\r') ? RejectedRequest.REQUEST_LINE : RejectedRequest.TARGET, i);
		}
		if (!isTarget()) {
			return reject(RejectedRequest.TARGET, i);
		}
		return nextWord(State.VERSION, i + 1);
	}

	private boolean isTarget(byte octet) {
		return HttpCharacters.inTarget(octet) || (octet < 0 && this.limits.nonAsciiTargets());
	}

	private boolean isTarget() {
		if (this.wordLength == 0) {
			return false;
		}
		if (this.word[0] == '/') {
			return true;
		}
		String begin = new String(this.word, 0, this.wordLength, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
		return (this.fields.asterisk() && begin.equals("*")) || isAbsolute(begin, "http://")
				|| isAbsolute(begin, "https://");
	}

	private static boolean isAbsolute(String begin, String scheme) {
		return begin.startsWith(scheme) && begin.length() > scheme.length() && begin.charAt(scheme.length()) != '/';
	}

	private int readVersion(byte[] octets, int from, int length) {
		int i = from;
		while (i < length && octets[i] != '\r') {
			if (octets[i] <= ' ' || this.wordLength == MAX_METHOD) {
				return reject((octets[i] == '\n') ? RejectedRequest.LINE_END : RejectedRequest.REQUEST_LINE, i);
			}
			this.word[this.wordLength++] = octets[i++];
		}
		if (i == length) {
			return i;
		}
		if (!isWord("HTTP/1.1") && !isWord("HTTP/1.0")) {
			String version = new String(this.word, 0, this.wordLength, StandardCharsets.ISO_8859_1);
			return reject(version.matches("HTTP/\\d\\.\\d") ? RejectedRequest.VERSION : RejectedRequest.REQUEST_LINE,
					i);
		}
		this.lineSize += this.wordLength;
		if (this.lineSize > this.limits.maxRequestLine()) {
			return reject(RejectedRequest.TARGET_TOO_LONG, i);
		}
		this.fields.http10(this.word[7] == '0');
		this.state = State.VERSION_LF;
		return i + 1;
	}

	private int startLine(byte octet, int i) {
		if (octet == '\r') {
			this.state = State.END_LF;
			return i + 1;
		}
		if (octet == ' ' || octet == '\t') {
			return reject((this.headers > 0) ? RejectedRequest.FOLDED_HEADER : RejectedRequest.HEADER_NAME, i);
		}
		if (++this.headers > this.limits.maxHeaders()) {
			return reject(RejectedRequest.TOO_MANY_HEADERS, i);
		}
		this.state = State.NAME;
		this.wordLength = 0;
		this.lineSize = 0;
		return i;
	}

	private int readName(byte[] octets, int from, int length) {
		int i = from;
		while (i < length && HttpCharacters.inToken(octets[i])) {
			if (this.wordLength < MAX_METHOD) {
				this.word[this.wordLength++] = octets[i];
			}
			i++;
		}
		this.lineSize += i - from;
		if (isLineTooLong() || i == length) {
			return i;
		}
		if (octets[i] != ':' || this.lineSize == 0) {
			return reject((octets[i] == '\n') ? RejectedRequest.LINE_END : RejectedRequest.HEADER_NAME, i);
		}
		this.lineSize++;
		this.rejection = this.fields.name(this.word, this.wordLength, this.inTrailer);
		this.state = State.VALUE;
		return i + 1;
	}

	private int readValue(byte[] octets, int from, int length) {
		int i = from;
		while (i < length && HttpCharacters.inValue(octets[i])) {
			i++;
		}
		this.lineSize += i - from;
		if (!this.fields.value(octets, from, i) || isLineTooLong()) {
			return (this.rejection != null) ? i : reject(this.fields.verdict(), i);
		}
		if (i == length) {
			return i;
		}
		if (octets[i] != '\r') {
			return reject((octets[i] == '\n') ? RejectedRequest.LINE_END : RejectedRequest.HEADER_VALUE, i);
		}
		this.state = State.VALUE_LF;
		return i + 1;
	}

	private boolean isLineTooLong() {
		if (this.lineSize > this.limits.maxHeaderLine()) {
			this.rejection = RejectedRequest.HEADER_LINE_TOO_LONG;
		}
		else if (this.headerSize + this.lineSize > this.limits.maxHeaderSize()) {
			this.rejection = RejectedRequest.HEADERS_TOO_LARGE;
		}
		return this.rejection != null;
	}

	private int readSize(byte octet, int i) {
		int digit = Character.digit(octet, 16);
		if (digit >= 0 && this.state == State.SIZE && this.sizeDigits < MAX_SIZE_DIGITS) {
			this.sizeDigits++;
			this.remaining = Math.min(this.remaining, Integer.MAX_VALUE) * 16 + digit;
			return i + 1;
		}
		if (digit >= 0 || this.sizeDigits == 0 || ++this.lineSize > MAX_CHUNK_LINE) {
			return reject(RejectedRequest.CHUNK, i);
		}
		if (this.remaining > Integer.MAX_VALUE || this.bodySize + this.remaining > this.limits.maxBodySize()) {
			return reject(RejectedRequest.BODY_TOO_LARGE, i);
		}
		switch (octet) {
			case ';' -> {
				this.extension.clear();
				this.state = State.EXTENSION;
			}
			case ' ', '\t' -> this.state = State.SIZE_SPACE;
			case '\r' -> {
				if (this.state == State.SIZE_SPACE) {
					return reject(RejectedRequest.CHUNK, i);
				}
				this.state = State.SIZE_LF;
			}
			default -> {
				return reject(RejectedRequest.CHUNK, i);
			}
		}
		return i + 1;
	}

	private int readExtension(byte octet, int i) {
		if (octet == '\r' && this.extension.isWhole()) {
			this.state = State.SIZE_LF;
			return i + 1;
		}
		if (!this.extension.accepts(octet) || ++this.lineSize > MAX_CHUNK_LINE
				|| ++this.extensionsSize > MAX_CHUNK_EXTENSIONS) {
			return reject(RejectedRequest.CHUNK_EXTENSION, i);
		}
		return i + 1;
	}

	/** The states in which exactly one octet may come. */
	private int lineEnd(byte octet, int i) {
		if (octet != ((this.state == State.DATA_CR) ? '\r' : '\n')) {
			return reject((this.state.part == Part.CHUNKING) ? RejectedRequest.CHUNK : RejectedRequest.LINE_END, i);
		}
		switch (this.state) {
			case START_LF -> this.state = State.START;
			case VERSION_LF -> this.state = State.LINE;
			case VALUE_LF -> endHeader();
			case END_LF -> endHeaders();
			case SIZE_LF -> endSize();
			case DATA_CR -> this.state = State.DATA_LF;
			default -> startChunk();
		}
		return i + 1;
	}

	private void endHeader() {
		this.headerSize += this.lineSize;
		this.state = State.LINE;
		this.rejection = this.fields.endOfValue();
	}

	private void endHeaders() {
		if (this.inTrailer) {
			this.inTrailer = false;
			this.state = State.COMPLETE;
			return;
		}
		this.rejection = this.fields.endOfHeaders();
		if (this.fields.isChunked()) {
			startChunk();
			return;
		}
		this.remaining = this.fields.contentLength();
		this.state = (this.remaining > 0) ? State.FIXED : State.COMPLETE;
	}

	private void startChunk() {
		this.state = State.SIZE;
		this.remaining = 0;
		this.sizeDigits = 0;
		this.lineSize = 0;
	}

	private void endSize() {
		this.inTrailer = this.remaining == 0;
		this.state = this.inTrailer ? State.LINE : State.DATA;
	}

	private int nextWord(State state, int i) {
		this.state = state;
		this.wordLength = 0;
		this.lineSize++;
		return i;
	}

	private boolean isWord(String expected) {
		if (expected.length() != this.wordLength) {
			return false;
		}
		for (int i = 0; i < this.wordLength; i++) {
			if (this.word[i] != expected.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	private int reject(RejectedRequest rejection, int i) {
		this.rejection = rejection;
		return i;
	}

	/** What the next octet is part of. */
	private enum State {

		START(Part.HEAD), START_LF(Part.HEAD), METHOD(Part.HEAD), TARGET(Part.HEAD), VERSION(Part.HEAD),
		VERSION_LF(Part.HEAD), LINE(Part.HEAD), NAME(Part.HEAD), VALUE(Part.HEAD), VALUE_LF(Part.HEAD),
		END_LF(Part.HEAD), FIXED(Part.CONTENT), SIZE(Part.CHUNKING), SIZE_SPACE(Part.CHUNKING),
		EXTENSION(Part.CHUNKING), SIZE_LF(Part.CHUNKING), DATA(Part.CONTENT), DATA_CR(Part.CHUNKING),
		DATA_LF(Part.CHUNKING), COMPLETE(Part.END);

		private final Part part;

		State(Part part) {
			this.part = part;
		}

	}

	/** What a state belongs to. Trailers are read as a head is. */
	private enum Part {

		HEAD, CONTENT, CHUNKING, END

	}

}
