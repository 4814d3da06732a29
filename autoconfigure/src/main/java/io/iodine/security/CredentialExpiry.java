package io.iodine.security;

import java.time.Instant;

import io.iodine.Connection;
import io.iodine.connection.ConnectionObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2Token;

/** Closes a connection with code 4401 when the token expires that it was opened with. */
public final class CredentialExpiry implements ConnectionObserver {

	private static final int UNAUTHORIZED = 4401;

	@Override
	public void opened(Connection connection) {
		connection.principal()
			.map((principal) -> (principal instanceof Authentication authentication) ? expiry(authentication) : null)
			.ifPresent((expiry) -> connection.closeAt(expiry, UNAUTHORIZED, "credentials expired"));
	}

	private static @Nullable Instant expiry(Authentication authentication) {
		if (authentication.getCredentials() instanceof OAuth2Token token) {
			return token.getExpiresAt();
		}
		return (authentication.getPrincipal() instanceof OAuth2Token token) ? token.getExpiresAt() : null;
	}

}
