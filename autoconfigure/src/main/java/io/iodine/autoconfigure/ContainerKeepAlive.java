package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.core.env.Environment;

/**
 * How long a servlet container keeps an idle connection: what its own property says, else
 * {@code iodine.timeout}. Two different values are refused.
 *
 * @param timeout {@code iodine.timeout}
 * @param environment where the properties are
 * @param containers the property of the container
 */
record ContainerKeepAlive(Duration timeout, Environment environment, String containers) {

	static final String TOMCAT = "server.tomcat.keep-alive-timeout";

	static final String JETTY = "server.jetty.connection-idle-timeout";

	private static final String OURS = "iodine.timeout";

	/** Whether the value is ours, and Boot sets none. */
	boolean isOurs() {
		BindResult<Duration> theirs = configured(this.containers);
		if (theirs.isBound() && configured(OURS).isBound() && !this.timeout.equals(theirs.get())) {
			List<String> both = List.of(OURS, this.containers);
			throw new MutuallyExclusiveConfigurationPropertiesException(both, both);
		}
		return !theirs.isBound();
	}

	/** The value that is in force. */
	Duration effective() {
		return configured(this.containers).orElseGet(this::timeout);
	}

	private BindResult<Duration> configured(String property) {
		return Binder.get(this.environment).bind(property, Duration.class);
	}

}
