package io.iodine.handler;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

/**
 * A message with an event name.
 *
 * @param event the name
 * @param id asks for an acknowledgement, a string or a number; null when none is wanted
 * @param data the payload
 */
public record Envelope(String event, @Nullable Object id, Data data) {

	/** The payload of an envelope, which is read once its type is known. */
	public interface Data {

		/**
		 * Reads the payload.
		 * @param type its type
		 * @return the value; null when there is none
		 * @throws InvalidMessageException when it isn't of that type
		 */
		@Nullable Object read(Type type);

		/**
		 * The payload as JSON.
		 * @return JSON in UTF-8; null when there is none
		 */
		byte @Nullable [] json();

	}

}
