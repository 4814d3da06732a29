package io.iodine.handler;

import java.util.Objects;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * Sources of the arguments of one call.
 *
 * @param client the connection
 * @param request the values that were converted from the request, by slot
 * @param message the message; null outside of {@code @OnMessage} and {@code @OnError}
 * @param payload the payload, of the type that the method wants
 * @param error what was thrown; null outside of {@code @OnError}
 */
@SuppressWarnings("ArrayRecordComponent") // read once, by method handles
record Call(Connection client, @Nullable Object[] request, @Nullable Message message, @Nullable Object payload,
		@Nullable Throwable error) {

	Call(Connection client, @Nullable Object[] request) {
		this(client, request, null, null, null);
	}

	CloseReason closeReason() {
		return this.client.closeReason().orElse(new CloseReason(CloseReason.Cause.LOCAL, 1000, ""));
	}

	Message requiredMessage() {
		return Objects.requireNonNull(this.message);
	}

}
