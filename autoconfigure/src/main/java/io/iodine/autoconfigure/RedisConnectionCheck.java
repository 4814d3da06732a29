package io.iodine.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Checks that the connection factory of the application can carry pub/sub and connects to
 * the configured Redis.
 */
final class RedisConnectionCheck {

	private RedisConnectionCheck() {
	}

	/**
	 * Finds the connection factory.
	 * @throws UnusableRedisConnectionException when pub/sub can't use it
	 */
	static LettuceConnectionFactory checked(Environment environment, ObjectProvider<LettuceConnectionFactory> factories,
			ObjectProvider<DataRedisConnectionDetails> details) {
		LettuceConnectionFactory factory = factories.getIfAvailable();
		if (factory == null) {
			throw new UnusableRedisConnectionException(
					"The Redis engine of pub/sub needs a LettuceConnectionFactory, and the application has none",
					"Remove spring.data.redis.client-type=jedis, or make a LettuceConnectionFactory bean, or set "
							+ "iodine.pubsub.engine=local.");
		}
		DataRedisConnectionDetails known = details.getIfAvailable();
		if (known != null && known.getMasterReplica() != null) {
			throw new UnusableRedisConnectionException(
					"The Redis engine of pub/sub does not support spring.data.redis.masterreplica.nodes",
					"Name the master in spring.data.redis.url or iodine.redis.url, or use "
							+ "spring.data.redis.sentinel.* or spring.data.redis.cluster.*.");
		}
		rejectAnother(OnRedisEngine.url(environment), factory);
		return factory;
	}

	private static void rejectAnother(@Nullable String property, LettuceConnectionFactory factory) {
		if (property == null) {
			return;
		}
		RedisUrl url = RedisUrl.parse(property);
		boolean same = !factory.isClusterAware() && !factory.isRedisSentinelAware()
				&& url.host().equals(factory.getHostName()) && url.port() == factory.getPort()
				&& url.database() == factory.getDatabase();
		if (!same) {
			throw new UnusableRedisConnectionException(
					"iodine.redis.url is " + url
							+ ", but a LettuceConnectionFactory or DataRedisConnectionDetails bean "
							+ "of the application goes to " + address(factory),
					"Set iodine.pubsub.engine=redis instead of iodine.redis.url to use the application's connection, "
							+ "or remove its bean.");
		}
	}

	/** Where a connection factory goes, without user and password. */
	static String address(LettuceConnectionFactory factory) {
		RedisClusterConfiguration cluster = factory.getClusterConfiguration();
		if (factory.isClusterAware() && cluster != null) {
			return "the cluster of " + cluster.getClusterNodes();
		}
		RedisSentinelConfiguration sentinel = factory.getSentinelConfiguration();
		if (factory.isRedisSentinelAware() && sentinel != null) {
			return "the master of the Sentinels " + sentinel.getSentinels();
		}
		return (factory.isUseSsl() ? "rediss://" : "redis://") + factory.getHostName() + ":" + factory.getPort()
				+ ((factory.getDatabase() > 0) ? "/" + factory.getDatabase() : "");
	}

}
