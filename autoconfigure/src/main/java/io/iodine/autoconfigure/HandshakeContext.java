package io.iodine.autoconfigure;

import java.util.Map;
import java.util.Objects;

import io.iodine.connection.CallbackScope;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import reactor.util.context.ContextView;

/**
 * Carries what context-propagation knows of a handshake, such as its trace, into the
 * callbacks of its connection, and its MDC too.
 */
final class HandshakeContext implements HandshakeScopes {

	private final ContextRegistry registry;

	private final ContextSnapshotFactory snapshots;

	HandshakeContext(ContextRegistry registry) {
		this.registry = registry;
		this.snapshots = ContextSnapshotFactory.builder().contextRegistry(registry).build();
	}

	@Override
	public CallbackScope apply(ContextView context) {
		CallbackScope mdc = mdc(HandshakeMdc.of(context));
		if (!isAnythingIn(context)) {
			return mdc;
		}
		ContextSnapshot snapshot = this.snapshots.captureAll(context);
		return (callbacks) -> mdc.run(snapshot.wrap(callbacks));
	}

	private boolean isAnythingIn(ContextView context) {
		for (ThreadLocalAccessor<?> accessor : this.registry.getThreadLocalAccessors()) {
			if (context.hasKey(accessor.key()) || accessor.getValue() != null) {
				return true;
			}
		}
		return false;
	}

	/** Around the rest, since entering a trace adds to the MDC. */
	private CallbackScope mdc(Map<String, String> entries) {
		if (entries.isEmpty()) {
			return CallbackScope.NONE;
		}
		return (callbacks) -> {
			Map<String, String> before = MDC.getCopyOfContextMap();
			MDC.setContextMap(entries);
			try {
				callbacks.run();
			}
			finally {
				restore(before);
			}
		};
	}

	private static void restore(@Nullable Map<String, String> entries) {
		MDC.setContextMap(Objects.requireNonNullElse(entries, Map.of()));
	}

}
