package io.iodine.file;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * An answer that can be written without touching the disk first, and that must be
 * released.
 *
 * @param answer the answer
 * @param bytes the whole file in memory
 * @param file the open file
 */
record PreparedResponse(FileResponse answer, @Nullable ByteBuf bytes, @Nullable OpenFile file) {

	/** An answer without parts of a file. */
	static PreparedResponse of(FileResponse answer) {
		return new PreparedResponse(answer, null, null);
	}

	void release() {
		if (this.bytes != null) {
			this.bytes.release();
		}
		if (this.file != null) {
			this.file.release();
		}
	}

}
