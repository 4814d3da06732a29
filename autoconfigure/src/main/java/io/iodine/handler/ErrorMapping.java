package io.iodine.handler;

import org.jspecify.annotations.Nullable;

/** Maps an exception to the error reply of a client. */
@FunctionalInterface
public interface ErrorMapping {

	/**
	 * Maps an exception.
	 * @param error what a method threw
	 * @return the reply; null when this mapping doesn't know the exception
	 */
	@Nullable ErrorReply map(Throwable error);

}
