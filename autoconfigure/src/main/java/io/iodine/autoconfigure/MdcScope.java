package io.iodine.autoconfigure;

import java.util.Map;
import java.util.Objects;

import io.iodine.connection.CallbackScope;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Runs callbacks with the MDC of their handshake.
 *
 * @param entries the MDC
 */
record MdcScope(Map<String, String> entries) implements CallbackScope {

	/** The scope with these entries; none when there are none. */
	static CallbackScope of(@Nullable Map<String, String> entries) {
		return (entries == null || entries.isEmpty()) ? NONE : new MdcScope(Map.copyOf(entries));
	}

	@Override
	public void run(Runnable callbacks) {
		Map<String, String> before = MDC.getCopyOfContextMap();
		MDC.setContextMap(this.entries);
		try {
			callbacks.run();
		}
		finally {
			MDC.setContextMap(Objects.requireNonNullElse(before, Map.of()));
		}
	}

}
