package io.iodine;

import java.util.Iterator;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of {@link Message#json}: by the mapper of the application context that
 * started last, or by Jackson's defaults where there is none, as in a unit test.
 */
public final class JsonBinding {

	private static volatile @Nullable Reader current;

	private JsonBinding() {
	}

	/**
	 * Uses a reader from now on.
	 * @param reader the reader
	 */
	public static void use(Reader reader) {
		current = Objects.requireNonNull(reader, "the reader must not be null");
	}

	/**
	 * Stops using a reader. Another one that is used meanwhile stays.
	 * @param reader the reader
	 */
	public static void release(Reader reader) {
		if (current == reader) {
			current = null;
		}
	}

	@SuppressWarnings("unchecked") // the class of a primitive type does not cast its
									// wrapper
	static <T> T read(byte[] json, Class<T> type) {
		Reader reader = current;
		Object value = ((reader != null) ? reader : Defaults.READER).read(json, type);
		if (value == null) {
			throw new IllegalArgumentException("the message is the JSON value null, and no " + type.getName());
		}
		return (T) value;
	}

	/** Reads JSON. */
	@FunctionalInterface
	public interface Reader {

		/**
		 * Reads a value.
		 * @param json JSON in UTF-8
		 * @param type its type, as a wrapper when it is a primitive one
		 * @return the value; null for the JSON value null
		 * @throws IllegalArgumentException when it isn't JSON of that type
		 * @throws IllegalStateException when there is no Jackson
		 */
		@Nullable Object read(byte[] json, Class<?> type);

	}

	/** Looked for when first needed. */
	private static final class Defaults {

		private static final Reader READER = find();

		private static Reader find() {
			try {
				Iterator<Reader> found = ServiceLoader.load(Reader.class, Reader.class.getClassLoader()).iterator();
				if (found.hasNext()) {
					return found.next();
				}
			}
			catch (ServiceConfigurationError | LinkageError ex) {
				return missing(ex);
			}
			return missing(null);
		}

		private static Reader missing(@Nullable Throwable cause) {
			return (json, type) -> {
				throw new IllegalStateException("reading JSON into " + type.getName()
						+ " needs Jackson 3: add the dependency org.springframework.boot:spring-boot-starter-jackson",
						cause);
			};
		}

	}

}
