package io.iodine.autoconfigure;

import java.util.function.Function;

import io.iodine.connection.CallbackScope;
import reactor.util.context.ContextView;

/** Captures, at the handshake, what is to surround the callbacks of a connection. */
interface HandshakeScopes extends Function<ContextView, CallbackScope> {

	/** Captures nothing. */
	HandshakeScopes NONE = (context) -> CallbackScope.NONE;

}
