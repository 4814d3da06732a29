package io.iodine.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.function.IntFunction;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

/**
 * An open file shared by several pieces of a response, closed with the last of them.
 */
final class OpenFile extends AbstractReferenceCounted {

	private final FileChannel channel;

	private OpenFile(FileChannel channel) {
		this.channel = channel;
	}

	/**
	 * Opens this version of a file. It stays readable when another version takes its
	 * name.
	 * @throws StaleFileException if the name stands for another version by now
	 */
	static OpenFile open(FileResource file) throws IOException {
		FileChannel channel = file.open();
		OpenFile open = new OpenFile(channel);
		try {
			// the name stood for this version before and after the open, so that it is
			// the
			// one that was opened
			open.check(file);
			return open;
		}
		catch (IOException ex) {
			open.release();
			throw ex;
		}
	}

	/**
	 * Reads a small file.
	 * @throws StaleFileException if the name stands for another version by now
	 */
	static ByteBuffer readAll(FileResource file, IntFunction<ByteBuffer> allocation) throws IOException {
		OpenFile open = open(file);
		try {
			ByteBuffer bytes = allocation.apply(Math.toIntExact(file.size()));
			while (bytes.hasRemaining()) {
				if (open.channel.read(bytes, bytes.position()) < 0) {
					throw new StaleFileException(file);
				}
			}
			open.check(file);
			return bytes.flip();
		}
		finally {
			open.release();
		}
	}

	/**
	 * Reads a small file into a buffer that the caller releases.
	 * @throws StaleFileException if the name stands for another version by now
	 */
	static ByteBuf readAll(FileResource file, ByteBufAllocator allocator) throws IOException {
		int size = Math.toIntExact(file.size());
		ByteBuf content = allocator.directBuffer(size, size);
		try {
			readAll(file, (length) -> content.nioBuffer(0, length));
			return content.writerIndex(size);
		}
		catch (IOException | RuntimeException ex) {
			content.release();
			throw ex;
		}
	}

	private void check(FileResource file) throws IOException {
		if (!FileResource.at(file.root(), file.path()).equals(Optional.of(file))) {
			throw new StaleFileException(file);
		}
	}

	FileRegion region(ByteRange range) {
		retain();
		return new DefaultFileRegion(this.channel, range.first(), range.length()) {

			@Override
			protected void deallocate() {
				OpenFile.this.release();
			}

		};
	}

	/**
	 * Appends bytes of the file.
	 * @throws IOException also if the file has become shorter
	 */
	void readTo(ByteBuf target, long position, int count) throws IOException {
		int read = 0;
		while (read < count) {
			int n = target.writeBytes(this.channel, position + read, count - read);
			if (n <= 0) {
				throw new IOException(
						"the file has shrunk while it was sent: there is nothing at " + (position + read));
			}
			read += n;
		}
	}

	@Override
	protected void deallocate() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public ReferenceCounted touch(Object hint) {
		return this;
	}

}
