package io.iodine.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sizes the buffers that sockets are read into: larger after a read that filled one,
 * smaller after two reads that left most of one empty. One allocator serves all sockets,
 * and each takes one object of 32 bytes, where Netty's own allocator takes 144.
 */
final class ReadBufferAllocator implements MaxMessagesRecvByteBufAllocator {

	/** Netty's default: so many reads before other sockets have their turn. */
	private static final int MAX_READS = 16;

	static final int SMALLEST = 1024;

	static final int FIRST = 2048;

	static final int LARGEST = 64 * 1024;

	private static final int GROWTH = 4;

	private volatile int maxReads = MAX_READS;

	@Override
	@SuppressWarnings("deprecation") // the return type of Netty's interface
	public Handle newHandle() {
		return new ReadBuffer();
	}

	@Override
	public int maxMessagesPerRead() {
		return this.maxReads;
	}

	@Override
	public MaxMessagesRecvByteBufAllocator maxMessagesPerRead(int max) {
		this.maxReads = max;
		return this;
	}

	/** The buffer size of one socket. Belongs to its event loop. */
	private static final class ReadBuffer implements ExtendedHandle {

		private @Nullable ChannelConfig config;

		/** The size is the power of two with this exponent. */
		private byte exponent = exponent(FIRST);

		private int attempted;

		private int last;

		/** Reads since the socket became readable. */
		private short reads;

		private int total;

		private boolean wasSmall;

		@Override
		public ByteBuf allocate(ByteBufAllocator allocator) {
			return allocator.ioBuffer(size());
		}

		@Override
		public int guess() {
			return size();
		}

		@Override
		public void reset(ChannelConfig current) {
			this.config = current;
			this.reads = 0;
			this.total = 0;
		}

		@Override
		public void incMessagesRead(int count) {
			this.reads = (short) Math.min(Short.MAX_VALUE, this.reads + count);
		}

		@Override
		public void lastBytesRead(int bytes) {
			this.last = bytes;
			if (bytes > 0) {
				this.total = Math.max(this.total, this.total + bytes);
				if (bytes == this.attempted) {
					this.exponent = exponent(Math.min(LARGEST, size() * GROWTH));
					this.wasSmall = false;
				}
			}
		}

		@Override
		public int lastBytesRead() {
			return this.last;
		}

		@Override
		public void attemptedBytesRead(int bytes) {
			this.attempted = bytes;
		}

		@Override
		public int attemptedBytesRead() {
			return this.attempted;
		}

		@Override
		public boolean continueReading() {
			return mayContinue() && this.last == this.attempted;
		}

		@Override
		public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
			return mayContinue() && maybeMoreData.get();
		}

		@SuppressWarnings("deprecation") // asks the allocator, which needs no other field
		private boolean mayContinue() {
			return this.config != null && this.config.isAutoRead() && this.reads < this.config.getMaxMessagesPerRead()
					&& this.total > 0;
		}

		@Override
		public void readComplete() {
			boolean small = this.total < size() / GROWTH;
			if (small && this.wasSmall) {
				this.exponent = exponent(Math.max(SMALLEST, size() / 2));
			}
			this.wasSmall = small && !this.wasSmall;
		}

		private int size() {
			return 1 << this.exponent;
		}

		private static byte exponent(int powerOfTwo) {
			return (byte) Integer.numberOfTrailingZeros(powerOfTwo);
		}

	}

}
