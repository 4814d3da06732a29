package io.iodine.autoconfigure;

import java.util.function.Supplier;

import io.iodine.connection.CallbackScope;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.slf4j.MDC;

/**
 * Carries what context-propagation finds on the thread of a handshake, such as its trace
 * and its security context, into the callbacks of its connection, and its MDC too.
 */
final class ServletHandshakeScopes implements Supplier<CallbackScope> {

	private final ContextRegistry registry;

	private final ContextSnapshotFactory snapshots;

	ServletHandshakeScopes(ContextRegistry registry) {
		this.registry = registry;
		this.snapshots = ContextSnapshotFactory.builder().contextRegistry(registry).build();
	}

	@Override
	public CallbackScope get() {
		CallbackScope mdc = MdcScope.of(MDC.getCopyOfContextMap());
		if (this.registry.getThreadLocalAccessors().stream().noneMatch((accessor) -> accessor.getValue() != null)) {
			return mdc;
		}
		ContextSnapshot snapshot = this.snapshots.captureAll();
		// around the rest, because entering a trace adds to the MDC
		return (callbacks) -> mdc.run(snapshot.wrap(callbacks));
	}

}
