package io.iodine.concurrent;

import java.util.function.Supplier;

import org.apache.commons.logging.Log;

/**
 * Logs failures without failing itself, although a message, an exception or an appender
 * may throw.
 */
public final class SafeLog {

	private SafeLog() {
	}

	/**
	 * Runs something whose failure must not reach the caller.
	 * @param logger logs the failure
	 * @param what says what failed
	 * @param action what to run
	 */
	public static void guard(Log logger, String what, Runnable action) {
		try {
			action.run();
		}
		catch (Throwable ex) {
			error(logger, () -> what + " failed", ex);
		}
	}

	/**
	 * Logs an error.
	 * @param logger where to
	 * @param message what happened
	 * @param failure why
	 */
	public static void error(Log logger, Supplier<String> message, Throwable failure) {
		try {
			logger.error(message.get(), failure);
		}
		catch (Throwable ex) {
			errorByName(logger, failure, ex);
		}
	}

	private static void errorByName(Log logger, Throwable failure, Throwable ofLogging) {
		try {
			logger.error("A failure can't be logged: " + failure.getClass().getName() + ", because of "
					+ ofLogging.getClass().getName());
		}
		catch (Throwable ex) {
			// the log itself fails: there is no other place to report to
			ofLogging.addSuppressed(ex);
		}
	}

}
