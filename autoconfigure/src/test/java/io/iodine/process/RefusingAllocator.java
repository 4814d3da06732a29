package io.iodine.process;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;

/** Refuses memory on demand. */
final class RefusingAllocator extends AbstractByteBufAllocator {

	private volatile boolean refuses;

	RefusingAllocator() {
		super(false);
	}

	void refuse(boolean next) {
		this.refuses = next;
	}

	@Override
	protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
		if (this.refuses) {
			throw new OutOfMemoryError("expected by this test");
		}
		return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
	}

	@Override
	protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
		return newHeapBuffer(initialCapacity, maxCapacity);
	}

	@Override
	public boolean isDirectBufferPooled() {
		return false;
	}

}
