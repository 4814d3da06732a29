package io.iodine.handler;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

/** Reads and writes JSON in UTF-8. */
public interface JsonCodec {

	/**
	 * Whether there is a JSON library.
	 * @return false when every other method fails
	 */
	default boolean isAvailable() {
		return true;
	}

	/**
	 * Writes a value.
	 * @param value the value
	 * @return JSON in UTF-8
	 */
	byte[] write(@Nullable Object value);

	/**
	 * Reads a value.
	 * @param json JSON in UTF-8
	 * @param type its type
	 * @return the value
	 * @throws InvalidMessageException when it isn't JSON of that type
	 */
	@Nullable Object read(byte[] json, Type type);

	/**
	 * Reads an envelope.
	 * @param json JSON in UTF-8
	 * @return the envelope; null when it isn't a JSON object with an event name
	 */
	@Nullable Envelope readEnvelope(byte[] json);

	/**
	 * Embeds JSON in what {@link #write} writes.
	 * @param json JSON in UTF-8
	 * @return a value that is written as that JSON; as a string when it isn't JSON
	 */
	Object embed(byte[] json);

}
