package io.iodine.autoconfigure;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** A property below {@code iodine.}, or a flag, that nothing reads. */
final class UnknownIodinePropertyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String name;

	private final String origin;

	private final @Nullable String nearest;

	/**
	 * A mistake in the name of a property.
	 * @param name the name
	 * @param origin where it is set; empty when that is not known
	 * @param nearest the property that was probably meant
	 */
	UnknownIodinePropertyException(String name, String origin, Optional<String> nearest) {
		super(name + " is no property of iodine" + nearest.map((known) -> ", the nearest is " + known).orElse(""));
		this.name = name;
		this.origin = origin;
		this.nearest = nearest.orElse(null);
	}

	String name() {
		return this.name;
	}

	String origin() {
		return this.origin;
	}

	Optional<String> nearest() {
		return Optional.ofNullable(this.nearest);
	}

}
