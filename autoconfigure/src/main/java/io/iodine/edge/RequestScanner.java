package io.iodine.edge;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request at a time, octet by octet, as strictly as RFC 9112 allows, and so
 * knows where each ends whatever pieces it comes in. Keeps nothing but its place and the
 * few fields that frame a request. Belongs to its connection's event loop.
 * <p>
 * It is long because head, chunks and trailers are states of one machine, which share
 * their place in the input and their limits.
 */
final class RequestScanner {

	private static final int MAX_CHUNK_LINE = 1024;

	private static final int MAX_CHUNK_EXTENSIONS = 16 * 1024;

	private static final int MAX_SIZE_DIGITS = 16;

	private final EdgeLimits limits;

	private final RequestWord word = new RequestWord();

	private final FramingFields fields;

	private final ChunkExtension extension = new ChunkExtension();

	private ScanState state = ScanState.START;

	private @Nullable RejectedRequest rejection;

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
		while (index < end && this.state != ScanState.COMPLETE && this.rejection == null) {
			if (this.state.isContent()) {
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
		this.state = ScanState.START;
		this.word.clear();
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
		return this.state == ScanState.COMPLETE;
	}

	boolean isInHead() {
		return this.state != ScanState.START && !isInBody() && !isComplete();
	}

	boolean isInBody() {
		return this.inTrailer || this.state.isContent() || this.state.isChunking();
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
			this.state = (this.state == ScanState.FIXED) ? ScanState.COMPLETE : ScanState.DATA_CR;
		}
		return length;
	}

	private int read(byte[] octets, int length) {
		int i = 0;
		while (i < length && this.rejection == null && this.state.isText()) {
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

	private int start(byte octet, int i) {
		if (octet == '\r' && !this.blankLineSeen) {
			this.blankLineSeen = true;
			this.state = ScanState.START_LF;
			return i + 1;
		}
		if (!HttpCharacters.inToken(octet)) {
			return reject(RejectedRequest.REQUEST_LINE, i);
		}
		this.state = ScanState.METHOD;
		return i;
	}

	private int readMethod(byte[] octets, int from, int length) {
		int i = from;
		while (i < length && HttpCharacters.inToken(octets[i])) {
			this.word.add(octets[i++]);
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
		if (this.lineSize > RequestWord.MAX) {
			return reject(RejectedRequest.METHOD_TOO_LONG, i);
		}
		if (this.word.is("CONNECT")) {
			return reject(RejectedRequest.CONNECT, i);
		}
		this.forHead = this.word.is("HEAD");
		this.fields.asterisk(this.word.is("OPTIONS"));
		return nextWord(ScanState.TARGET, i + 1);
	}

	private int readTarget(byte[] octets, int from, int length) {
		int i = from;
		while (i < length && isTarget(octets[i])) {
			this.word.add(octets[i++]);
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
		if (!this.word.isTarget(this.fields.asterisk())) {
			return reject(RejectedRequest.TARGET, i);
		}
		return nextWord(ScanState.VERSION, i + 1);
	}

	private boolean isTarget(byte octet) {
		return HttpCharacters.inTarget(octet) || (octet < 0 && this.limits.nonAsciiTargets());
	}

	private int readVersion(byte[] octets, int from, int length) {
		int i = from;
		while (i < length && octets[i] != '\r') {
			if (octets[i] <= ' ' || this.word.isFull()) {
				return reject((octets[i] == '\n') ? RejectedRequest.LINE_END : RejectedRequest.REQUEST_LINE, i);
			}
			this.word.add(octets[i++]);
		}
		if (i == length) {
			return i;
		}
		if (!this.word.is("HTTP/1.1") && !this.word.is("HTTP/1.0")) {
			return reject(this.word.isVersion() ? RejectedRequest.VERSION : RejectedRequest.REQUEST_LINE, i);
		}
		this.lineSize += this.word.length();
		if (this.lineSize > this.limits.maxRequestLine()) {
			return reject(RejectedRequest.TARGET_TOO_LONG, i);
		}
		this.fields.http10(this.word.endsWith('0'));
		this.state = ScanState.VERSION_LF;
		return i + 1;
	}

	private int startLine(byte octet, int i) {
		if (octet == '\r') {
			this.state = ScanState.END_LF;
			return i + 1;
		}
		if (octet == ' ' || octet == '\t') {
			return reject((this.headers > 0) ? RejectedRequest.FOLDED_HEADER : RejectedRequest.HEADER_NAME, i);
		}
		if (++this.headers > this.limits.maxHeaders()) {
			return reject(RejectedRequest.TOO_MANY_HEADERS, i);
		}
		this.state = ScanState.NAME;
		this.word.clear();
		this.lineSize = 0;
		return i;
	}

	private int readName(byte[] octets, int from, int length) {
		int i = from;
		while (i < length && HttpCharacters.inToken(octets[i])) {
			this.word.add(octets[i++]);
		}
		this.lineSize += i - from;
		if (isLineTooLong() || i == length) {
			return i;
		}
		if (octets[i] != ':' || this.lineSize == 0) {
			return reject((octets[i] == '\n') ? RejectedRequest.LINE_END : RejectedRequest.HEADER_NAME, i);
		}
		this.lineSize++;
		this.rejection = this.fields.name(this.word.octets(), this.word.length(), this.inTrailer);
		this.state = ScanState.VALUE;
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
		this.state = ScanState.VALUE_LF;
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
		if (digit >= 0 && this.state == ScanState.SIZE && this.sizeDigits < MAX_SIZE_DIGITS) {
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
		return endSizeDigits(octet, i);
	}

	private int endSizeDigits(byte octet, int i) {
		if (octet == ';') {
			this.extension.clear();
			this.state = ScanState.EXTENSION;
		}
		else if (octet == ' ' || octet == '\t') {
			this.state = ScanState.SIZE_SPACE;
		}
		else if (octet == '\r' && this.state == ScanState.SIZE) {
			this.state = ScanState.SIZE_LF;
		}
		else {
			return reject(RejectedRequest.CHUNK, i);
		}
		return i + 1;
	}

	private int readExtension(byte octet, int i) {
		if (octet == '\r' && this.extension.isWhole()) {
			this.state = ScanState.SIZE_LF;
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
		if (octet != ((this.state == ScanState.DATA_CR) ? '\r' : '\n')) {
			return reject(this.state.isChunking() ? RejectedRequest.CHUNK : RejectedRequest.LINE_END, i);
		}
		switch (this.state) {
			case START_LF -> this.state = ScanState.START;
			case VERSION_LF -> this.state = ScanState.LINE;
			case VALUE_LF -> endHeader();
			case END_LF -> endHeaders();
			case SIZE_LF -> endSize();
			case DATA_CR -> this.state = ScanState.DATA_LF;
			default -> startChunk();
		}
		return i + 1;
	}

	private void endHeader() {
		this.headerSize += this.lineSize;
		this.state = ScanState.LINE;
		this.rejection = this.fields.endOfValue();
	}

	private void endHeaders() {
		if (this.inTrailer) {
			this.inTrailer = false;
			this.state = ScanState.COMPLETE;
			return;
		}
		this.rejection = this.fields.endOfHeaders();
		if (this.fields.isChunked()) {
			startChunk();
			return;
		}
		this.remaining = this.fields.contentLength();
		this.state = (this.remaining > 0) ? ScanState.FIXED : ScanState.COMPLETE;
	}

	private void startChunk() {
		this.state = ScanState.SIZE;
		this.remaining = 0;
		this.sizeDigits = 0;
		this.lineSize = 0;
	}

	private void endSize() {
		this.inTrailer = this.remaining == 0;
		this.state = this.inTrailer ? ScanState.LINE : ScanState.DATA;
	}

	private int nextWord(ScanState state, int i) {
		this.state = state;
		this.word.clear();
		this.lineSize++;
		return i;
	}

	private int reject(RejectedRequest rejection, int i) {
		this.rejection = rejection;
		return i;
	}

}
