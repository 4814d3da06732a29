package io.iodine.pubsub.cluster;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;

/**
 * The frames of an answer to a worker, of which each is made when the one before it was
 * sent: a list of members or a history may be larger than what may wait for a worker.
 *
 * @param <T> what the answer lists
 */
final class AnswerParts<T> implements Iterator<ByteBuf> {

	/** The size at which an answer goes on in another frame. */
	private static final int CHUNK = 256 * 1024;

	private final RelayOperation operation;

	private final int request;

	private final Consumer<ByteBuf> head;

	private final Iterator<T> rest;

	private final BiConsumer<ByteBuf, T> writer;

	private boolean begun;

	/**
	 * Frames that are not made yet.
	 * @param operation the kind of answer
	 * @param request the number of the question
	 * @param head writes what each frame begins with
	 * @param rest what is listed, unchanged until it was sent
	 * @param writer writes one of it
	 */
	AnswerParts(RelayOperation operation, int request, Consumer<ByteBuf> head, Iterator<T> rest,
			BiConsumer<ByteBuf, T> writer) {
		this.operation = operation;
		this.request = request;
		this.head = head;
		this.rest = rest;
		this.writer = writer;
	}

	/** An empty list is one frame, too. */
	@Override
	public boolean hasNext() {
		return !this.begun || this.rest.hasNext();
	}

	@Override
	public ByteBuf next() {
		if (!hasNext()) {
			throw new NoSuchElementException("the answer has no further frame");
		}
		this.begun = true;
		ByteBuf frame = RelayCodec.frame(this.operation).writeInt(this.request).writeBoolean(false);
		boolean made = false;
		try {
			this.head.accept(frame);
			while (this.rest.hasNext() && frame.readableBytes() < CHUNK) {
				this.writer.accept(frame, this.rest.next());
			}
			frame.setBoolean(1 + Integer.BYTES, this.rest.hasNext());
			made = true;
			return frame;
		}
		finally {
			if (!made) {
				frame.release();
			}
		}
	}

}
