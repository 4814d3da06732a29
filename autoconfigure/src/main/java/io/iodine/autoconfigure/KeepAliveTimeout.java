package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.iodine.edge.HttpEdge;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Fills {@code server.netty.idle-timeout} from {@code iodine.timeout}: Boot's key wins
 * over our default, and two different values are refused. Where the edge stands guard it
 * ends idle connections itself, and Reactor Netty is spared a timer for each request.
 */
final class KeepAliveTimeout implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private static final String OURS = "iodine.timeout";

	private static final String BOOTS = "server.netty.idle-timeout";

	private final Duration timeout;

	private final Environment environment;

	private final ObjectProvider<HttpEdge> edge;

	KeepAliveTimeout(Duration timeout, Environment environment, ObjectProvider<HttpEdge> edge) {
		this.timeout = timeout;
		this.environment = environment;
		this.edge = edge;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		BindResult<Duration> boots = configured(BOOTS);
		if (!boots.isBound()) {
			if (!this.timeout.isZero() && this.edge.getIfAvailable() == null) {
				factory.addServerCustomizers((server) -> server.idleTimeout(this.timeout));
			}
		}
		else if (configured(OURS).isBound() && !this.timeout.equals(boots.get())) {
			List<String> both = List.of(OURS, BOOTS);
			throw new MutuallyExclusiveConfigurationPropertiesException(both, both);
		}
	}

	/** After Boot's own customizers, which have order 0. */
	@Override
	public int getOrder() {
		return 1;
	}

	private BindResult<Duration> configured(String property) {
		return Binder.get(this.environment).bind(property, Duration.class);
	}

}
