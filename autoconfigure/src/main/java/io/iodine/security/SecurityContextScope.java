package io.iodine.security;

import io.iodine.connection.CallbackScope;

import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Runs callbacks with the security context of their handshake.
 *
 * @param context the context
 */
public record SecurityContextScope(SecurityContext context) implements CallbackScope {

	@Override
	public void run(Runnable callbacks) {
		SecurityContext before = SecurityContextHolder.getContext();
		SecurityContextHolder.setContext(this.context);
		try {
			callbacks.run();
		}
		finally {
			if (before.getAuthentication() == null) {
				SecurityContextHolder.clearContext();
			}
			else {
				SecurityContextHolder.setContext(before);
			}
		}
	}

}
