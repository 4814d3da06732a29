package io.iodine.edge;

/** What the next octet of a request is part of. */
enum ScanState {

	START(Part.HEAD), START_LF(Part.HEAD), METHOD(Part.HEAD), TARGET(Part.HEAD), VERSION(Part.HEAD),
	VERSION_LF(Part.HEAD), LINE(Part.HEAD), NAME(Part.HEAD), VALUE(Part.HEAD), VALUE_LF(Part.HEAD), END_LF(Part.HEAD),
	FIXED(Part.CONTENT), SIZE(Part.CHUNKING), SIZE_SPACE(Part.CHUNKING), EXTENSION(Part.CHUNKING),
	SIZE_LF(Part.CHUNKING), DATA(Part.CONTENT), DATA_CR(Part.CHUNKING), DATA_LF(Part.CHUNKING), COMPLETE(Part.END);

	private final Part part;

	ScanState(Part part) {
		this.part = part;
	}

	boolean isContent() {
		return this.part == Part.CONTENT;
	}

	boolean isChunking() {
		return this.part == Part.CHUNKING;
	}

	/** Whether it belongs to a line: the head, trailers and the sizes of chunks. */
	boolean isText() {
		return this.part == Part.HEAD || isChunking();
	}

	/** What a state belongs to. Trailers are read as a head is. */
	private enum Part {

		HEAD, CONTENT, CHUNKING, END

	}

}
