package io.iodine.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

/**
 * One buffer of each event loop that is used again, because most bursts are with the
 * socket before the next one begins. It is released when the thread of the event loop
 * ends.
 */
final class SpareBuffer {

	private static final int MAX_BYTES = 16 * 1024;

	private static final FastThreadLocal<SpareBuffer> SPARE = new FastThreadLocal<>() {

		@Override
		protected SpareBuffer initialValue() {
			return new SpareBuffer();
		}

		@Override
		protected void onRemoval(SpareBuffer spare) {
			if (spare.buffer != null) {
				spare.buffer.release();
			}
		}

	};

	private @Nullable ByteBuf buffer;

	private SpareBuffer() {
	}

	/**
	 * Takes an empty buffer. Event loop.
	 * @param allocator makes one when it has made none that is kept and large enough
	 * @param size the size to begin with
	 * @return the buffer, to be given back or released
	 */
	static ByteBuf take(ByteBufAllocator allocator, int size) {
		if (isEventLoop()) {
			SpareBuffer spare = SPARE.get();
			ByteBuf buffer = spare.buffer;
			if (buffer != null && buffer.capacity() >= size && buffer.alloc() == allocator) {
				spare.buffer = null;
				return buffer;
			}
		}
		return allocator.directBuffer(size);
	}

	/**
	 * Gives a buffer back that nothing else refers to. Event loop.
	 * @param buffer the buffer, which is kept or released
	 */
	static void give(ByteBuf buffer) {
		SpareBuffer spare = isEventLoop() ? SPARE.get() : null;
		if (spare == null || buffer.capacity() > MAX_BYTES
				|| (spare.buffer != null && spare.buffer.capacity() >= buffer.capacity())) {
			buffer.release();
			return;
		}
		if (spare.buffer != null) {
			spare.buffer.release();
		}
		spare.buffer = buffer.clear();
	}

	/** A thread of another kind would never release the buffer. */
	private static boolean isEventLoop() {
		return FastThreadLocalThread.currentThreadWillCleanupFastThreadLocals();
	}

}
