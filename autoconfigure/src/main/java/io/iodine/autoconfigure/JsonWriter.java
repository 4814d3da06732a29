package io.iodine.autoconfigure;

import java.util.function.Function;

/** Writes a value as JSON in UTF-8. */
@FunctionalInterface
interface JsonWriter extends Function<Object, byte[]> {

	/**
	 * Stands in where there is no Jackson, so that only those who want JSON hear of it.
	 */
	JsonWriter MISSING = (value) -> {
		throw new IllegalStateException("writing JSON needs Jackson 3 and its JsonMapper bean:"
				+ " add the dependency org.springframework.boot:spring-boot-starter-jackson");
	};

}
