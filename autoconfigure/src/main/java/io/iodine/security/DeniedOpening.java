package io.iodine.security;

import io.iodine.Connection;
import io.iodine.connection.ConnectionObserver;

import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;

/** Closes a connection with 1008 when method security denies its {@code onOpen}. */
public final class DeniedOpening implements ConnectionObserver {

	private static final int POLICY_VIOLATION = 1008;

	@Override
	public void callbackFailed(Connection client, String callback, Throwable failure) {
		if (callback.equals("onOpen")) {
			if (failure instanceof AccessDeniedException) {
				client.close(POLICY_VIOLATION, "Forbidden");
			}
			else if (failure instanceof AuthenticationException) {
				client.close(POLICY_VIOLATION, "Unauthorized");
			}
		}
	}

}
