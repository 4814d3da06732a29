package io.iodine.file;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * The content of small files that are asked for again and again, up to a bound. A file
 * enters with its second request, and into a full cache only if it was asked for more
 * often than the one that it displaces: the one unused longest. Used by the threads that
 * touch the disk.
 */
final class ContentCache {

	private static final int MOST_REQUESTS = 64;

	/*
	 * Counted, so that memory is given back at once, and not pooled: an event loop may
	 * reach for content that is dropped at the same time, which must not be another's by
	 * then.
	 */
	private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

	private final long capacity;

	private final int largest;

	// a representation is a key by identity: no equals of its own
	private final Map<Representation, Integer> kept = new LinkedHashMap<>(16, 0.75f, true);

	private long size;

	private boolean closed;

	ContentCache(long capacity, int largest) {
		this.capacity = capacity;
		this.largest = largest;
	}

	/** Notes a request, and says whether the content is worth to be kept now. */
	synchronized boolean admits(Representation representation) {
		long bytes = representation.file().size();
		boolean isFirst = representation.requests() == 0;
		count(representation);
		if (isFirst || bytes > this.largest || bytes > this.capacity || this.closed) {
			return false;
		}
		if (this.size + bytes <= this.capacity) {
			return true;
		}
		Representation eldest = this.kept.keySet().iterator().next();
		boolean isWantedMore = representation.requests() > eldest.requests();
		if (!isWantedMore) {
			// what was wanted long ago must not stay for ever
			eldest.requests(eldest.requests() - 1);
		}
		return isWantedMore;
	}

	/** Reads a file, to be kept. */
	ByteBuf read(FileResource file) throws IOException {
		return OpenFile.readAll(file, this.allocator);
	}

	/** Keeps content, which becomes the cache's to release. */
	synchronized void keep(Representation representation, ByteBuf content) {
		if (this.closed) {
			content.release();
			return;
		}
		forget(representation);
		int bytes = content.readableBytes();
		representation.keep(content);
		this.kept.put(representation, bytes);
		this.size += bytes;
		Iterator<Map.Entry<Representation, Integer>> eldest = this.kept.entrySet().iterator();
		while (this.size > this.capacity) {
			Map.Entry<Representation, Integer> entry = eldest.next();
			entry.getKey().drop();
			this.size -= entry.getValue();
			eldest.remove();
		}
	}

	synchronized void used(Representation representation) {
		if (this.kept.get(representation) != null) {
			count(representation);
		}
	}

	synchronized void forget(Representation representation) {
		Integer bytes = this.kept.remove(representation);
		if (bytes != null) {
			this.size -= bytes;
			representation.drop();
		}
	}

	/** Forgets everything, and keeps nothing more. */
	synchronized void close() {
		this.closed = true;
		this.kept.keySet().forEach(Representation::drop);
		this.kept.clear();
		this.size = 0;
	}

	synchronized long size() {
		return this.size;
	}

	/** The memory that is in use, what is being sent included. */
	long usedMemory() {
		return this.allocator.metric().usedDirectMemory() + this.allocator.metric().usedHeapMemory();
	}

	private static void count(Representation representation) {
		representation.requests(Math.min(MOST_REQUESTS, representation.requests() + 1));
	}

}
