package io.iodine.file;

import java.util.EnumMap;
import java.util.Map;

/**
 * A file and its siblings in other codings, as they lie on the disk at one time.
 *
 * @param path the path below the root
 * @param plain the file itself
 * @param siblings the others
 */
record Variants(RequestPath path, FileResource plain, Map<ContentCoding, FileResource> siblings) {

	/** A file that was found, and what lies beside it. */
	static Variants of(FileLocator locator, FileResource plain) {
		return of(locator, RequestPath.ofNames(locator.root().relativize(plain.path())), plain);
	}

	/**
	 * A file that was found by this path, and what lies beside the path, which may be a
	 * link.
	 */
	static Variants of(FileLocator locator, RequestPath path, FileResource plain) {
		Map<ContentCoding, FileResource> siblings = new EnumMap<>(ContentCoding.class);
		if (!ContentCoding.isCoded(plain.name())) {
			for (ContentCoding coding : ContentCoding.values()) {
				locator.locate(path, coding.suffix()).ifPresent((sibling) -> siblings.put(coding, sibling));
			}
		}
		return new Variants(path, plain, siblings);
	}

	/** Whether every change since they were looked at shows in the times of a file. */
	boolean areSettled(long nowMillis) {
		return this.plain.isSettled(nowMillis)
				&& this.siblings.values().stream().allMatch((sibling) -> sibling.isSettled(nowMillis));
	}

}
