package io.iodine.file;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A file and its siblings in other codings, as they lie on the disk at one time.
 *
 * @param path the path below the root
 * @param plain the file itself; null when only siblings lie there
 * @param siblings the others
 */
record Variants(RequestPath path, @Nullable FileResource plain, Map<ContentCoding, FileResource> siblings) {

	/** A file that was found, and what lies beside it. */
	static Variants of(FileLocator locator, FileResource plain) {
		return of(locator, RequestPath.ofNames(locator.root().relativize(plain.path())), plain);
	}

	/**
	 * What lies at this path, which may be a link, and beside it. Siblings may lie there
	 * alone.
	 */
	static Optional<Variants> at(FileLocator locator, RequestPath path) {
		Optional<FileResource> plain = locator.locate(path);
		if (plain.isEmpty() && !locator.hasFolderOf(path)) {
			return Optional.empty();
		}
		Variants variants = of(locator, path, plain.orElse(null));
		return (plain.isEmpty() && variants.siblings.isEmpty()) ? Optional.empty() : Optional.of(variants);
	}

	private static Variants of(FileLocator locator, RequestPath path, @Nullable FileResource plain) {
		Map<ContentCoding, FileResource> siblings = new EnumMap<>(ContentCoding.class);
		if (!ContentCoding.isCoded((plain != null) ? plain.name() : path.file().name())) {
			for (ContentCoding coding : ContentCoding.values()) {
				locator.locate(path, coding.suffix()).ifPresent((sibling) -> siblings.put(coding, sibling));
			}
		}
		return new Variants(path, plain, siblings);
	}

	/** The name that tells the media type. */
	String name() {
		return (this.plain != null) ? this.plain.name() : this.path.file().name();
	}

	/** Whether every change since they were looked at shows in the times of a file. */
	boolean areSettled(long nowMillis) {
		return (this.plain == null || this.plain.isSettled(nowMillis))
				&& this.siblings.values().stream().allMatch((sibling) -> sibling.isSettled(nowMillis));
	}

}
