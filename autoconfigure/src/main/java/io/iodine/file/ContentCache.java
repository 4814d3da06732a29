package io.iodine.file;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import io.netty.buffer.ByteBuf;

/**
 * The bytes of small files that are kept in memory, up to a bound: what was used longest
 * ago goes first. Written by the threads that touch the disk.
 */
final class ContentCache {

	private final long capacity;

	private final int largest;

	// a representation is a key by identity: no equals of its own
	private final Map<Representation, Integer> kept = new LinkedHashMap<>(16, 0.75f, true);

	private long size;

	ContentCache(long capacity, int largest) {
		this.capacity = capacity;
		this.largest = largest;
	}

	boolean accepts(FileResource file) {
		return file.size() <= this.largest && file.size() <= this.capacity;
	}

	synchronized void keep(Representation representation, ByteBuf bytes) {
		forget(representation);
		representation.keep(bytes);
		this.kept.put(representation, bytes.readableBytes());
		this.size += bytes.readableBytes();
		Iterator<Map.Entry<Representation, Integer>> eldest = this.kept.entrySet().iterator();
		while (this.size > this.capacity) {
			Map.Entry<Representation, Integer> entry = eldest.next();
			entry.getKey().drop();
			this.size -= entry.getValue();
			eldest.remove();
		}
	}

	synchronized void used(Representation representation) {
		this.kept.get(representation);
	}

	synchronized void forget(Representation representation) {
		Integer bytes = this.kept.remove(representation);
		if (bytes != null) {
			this.size -= bytes;
			representation.drop();
		}
	}

	synchronized void clear() {
		this.kept.keySet().forEach(Representation::drop);
		this.kept.clear();
		this.size = 0;
	}

	synchronized long size() {
		return this.size;
	}

}
