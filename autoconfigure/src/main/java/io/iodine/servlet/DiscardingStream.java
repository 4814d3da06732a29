package io.iodine.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;

/** Discards what is written. */
final class DiscardingStream extends ServletOutputStream {

	@Override
	public void write(int b) {
		// discarded
	}

	@Override
	public void write(byte[] bytes, int offset, int length) {
		// discarded
	}

	@Override
	public boolean isReady() {
		return true;
	}

	@Override
	public void setWriteListener(WriteListener listener) {
		throw new IllegalStateException("the body of this response is discarded");
	}

}
