package io.iodine.autoconfigure;

import io.iodine.connection.CallbackScope;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
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
		CallbackScope mdc = MdcScope.of(HandshakeMdc.of(context));
		if (!isAnythingIn(context)) {
			return mdc;
		}
		ContextSnapshot snapshot = this.snapshots.captureAll(context);
		// around the rest, because entering a trace adds to the MDC
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

}
