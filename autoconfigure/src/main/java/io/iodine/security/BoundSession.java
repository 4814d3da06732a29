package io.iodine.security;

import java.util.function.BooleanSupplier;

/**
 * The HTTP session of a handshake.
 *
 * @param id its id
 * @param authenticated whether it held the security context
 * @param live whether it still exists, as far as this process knows
 */
public record BoundSession(String id, boolean authenticated, BooleanSupplier live) {

	boolean isLive() {
		return this.live.getAsBoolean();
	}

	BoundSession withId(String next) {
		return new BoundSession(next, this.authenticated, this.live);
	}

}
