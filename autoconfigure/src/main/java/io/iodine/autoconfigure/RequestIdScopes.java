package io.iodine.autoconfigure;

import io.iodine.accesslog.RequestId;
import io.iodine.connection.CallbackScope;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import reactor.util.context.ContextView;

/** Puts the id of a handshake into the MDC of the callbacks of its connection. */
final class RequestIdScopes implements HandshakeScopes {

	@Override
	public CallbackScope apply(ContextView context) {
		@Nullable String id = context.getOrDefault(RequestId.NAME, null);
		return (id != null) ? (callbacks) -> run(id, callbacks) : CallbackScope.NONE;
	}

	private static void run(String id, Runnable callbacks) {
		MDC.put(RequestId.NAME, id);
		try {
			callbacks.run();
		}
		finally {
			MDC.remove(RequestId.NAME);
		}
	}

}
