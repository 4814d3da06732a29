package io.iodine.autoconfigure;

import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.ProtocolHandler;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Keeps Tomcat's limit of connections above that of iodine. Tomcat counts upgraded
 * connections too, and leaves those above its limit waiting without an answer or a log
 * line.
 */
final class TomcatCapacity implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory>, Ordered {

	private static final String PROPERTY = "server.tomcat.max-connections";

	/** Connections that Tomcat may have beside those that are upgraded. */
	private static final int ORDINARY = 1024;

	private final int max;

	private final Environment environment;

	TomcatCapacity(int max, Environment environment) {
		this.max = max;
		this.environment = environment;
	}

	/** After Boot's own customizers, which have order 0. */
	@Override
	public int getOrder() {
		return 100;
	}

	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		Integer configured = this.environment.getProperty(PROPERTY, Integer.class);
		if (configured != null) {
			InvalidIodinePropertyException.unless(configured < 0 || configured > this.max, PROPERTY, configured,
					"more than iodine.connections.max, which is " + this.max
							+ ", because Tomcat counts upgraded connections too");
		}
		else if (this.max > 0) {
			// Boot sets its own limit, the default too, by a customizer of this kind
			factory.addConnectorCustomizers((connector) -> raise(connector.getProtocolHandler()));
		}
	}

	private void raise(ProtocolHandler handler) {
		if (handler instanceof AbstractProtocol<?> protocol && protocol.getMaxConnections() >= 0
				&& protocol.getMaxConnections() < this.max + ORDINARY) {
			protocol.setMaxConnections(this.max + ORDINARY);
		}
	}

}
