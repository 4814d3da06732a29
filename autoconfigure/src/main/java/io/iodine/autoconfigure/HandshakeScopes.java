package io.iodine.autoconfigure;

import java.util.List;
import java.util.function.Function;

import io.iodine.connection.CallbackScope;
import reactor.util.context.ContextView;

/** Captures the scope of a connection's callbacks at the handshake. */
interface HandshakeScopes extends Function<ContextView, CallbackScope> {

	/** Captures nothing. */
	HandshakeScopes NONE = (context) -> CallbackScope.NONE;

	/**
	 * Captures for each of some, the first outermost.
	 * @param all what captures
	 * @return captures for all
	 */
	static HandshakeScopes all(List<HandshakeScopes> all) {
		return (context) -> {
			CallbackScope scope = CallbackScope.NONE;
			for (HandshakeScopes scopes : all) {
				scope = within(scope, scopes.apply(context));
			}
			return scope;
		};
	}

	private static CallbackScope within(CallbackScope outer, CallbackScope inner) {
		if (outer == CallbackScope.NONE) {
			return inner;
		}
		return (inner == CallbackScope.NONE) ? outer : (callbacks) -> outer.run(() -> inner.run(callbacks));
	}

}
