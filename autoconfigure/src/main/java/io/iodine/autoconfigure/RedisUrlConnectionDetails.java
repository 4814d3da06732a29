package io.iodine.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Connection details for Boot from {@code iodine.redis.url}, so that the application and
 * the engine use the same Redis.
 */
final class RedisUrlConnectionDetails implements DataRedisConnectionDetails {

	private final RedisUrl url;

	private final @Nullable SslBundle bundle;

	RedisUrlConnectionDetails(RedisUrl url, @Nullable SslBundle bundle) {
		this.url = url;
		this.bundle = bundle;
	}

	@Override
	public @Nullable String getUsername() {
		return this.url.username();
	}

	@Override
	public @Nullable String getPassword() {
		return this.url.password();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		return this.bundle;
	}

	@Override
	public Standalone getStandalone() {
		return Standalone.of(this.url.host(), this.url.port(), this.url.database());
	}

}
