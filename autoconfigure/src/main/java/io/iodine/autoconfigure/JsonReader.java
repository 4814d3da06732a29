package io.iodine.autoconfigure;

import java.lang.reflect.Type;

/** Reads a value of a type from JSON in UTF-8. */
@FunctionalInterface
interface JsonReader {

	/** Stands in where there is no Jackson. */
	JsonReader MISSING = (json, type) -> {
		throw new IllegalStateException(
				"reading JSON into " + type.getTypeName() + " needs Jackson 3 and its JsonMapper bean:"
						+ " add the dependency org.springframework.boot:spring-boot-starter-jackson");
	};

	Object read(byte[] json, Type type);

}
