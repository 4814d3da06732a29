package io.iodine.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;

/**
 * Replaces the connection details that Boot makes of {@code spring.data.redis.*} by those
 * of {@code iodine.redis.url}. Works when the application runs, so that the URL is not
 * frozen by processing ahead of time.
 */
final class RedisUrlPostProcessor implements BeanPostProcessor {

	private static final String DETAILS_OF_BOOT = "org.springframework.boot.data.redis.autoconfigure.PropertiesDataRedisConnectionDetails";

	private static final String[] PROPERTIES_OF_BOOT = { "url", "host", "port", "username", "password", "database",
			"sentinel.master", "sentinel.nodes", "cluster.nodes", "masterreplica.nodes" };

	private final Environment environment;

	private final ObjectProvider<SslBundles> bundles;

	RedisUrlPostProcessor(Environment environment, ObjectProvider<SslBundles> bundles) {
		this.environment = environment;
		this.bundles = bundles;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		if (!bean.getClass().getName().equals(DETAILS_OF_BOOT) || !OnRedisEngine.isChosen(this.environment)) {
			return bean;
		}
		String url = OnRedisEngine.url(this.environment);
		return (url != null) ? details(RedisUrl.parse(url)) : bean;
	}

	private DataRedisConnectionDetails details(RedisUrl url) {
		rejectConflicts(this.environment);
		return new RedisUrlConnectionDetails(url, url.tls() ? bundle() : null);
	}

	private SslBundle bundle() {
		String name = this.environment.getProperty("spring.data.redis.ssl.bundle");
		return (name != null) ? this.bundles.getObject().getBundle(name) : SslBundle.systemDefault();
	}

	private static void rejectConflicts(Environment environment) {
		Binder binder = Binder.get(environment);
		for (String property : PROPERTIES_OF_BOOT) {
			String name = "spring.data.redis." + property;
			if (binder.bind(name, Object.class).isBound()) {
				throw new ConflictingRedisPropertiesException(name);
			}
		}
	}

}
