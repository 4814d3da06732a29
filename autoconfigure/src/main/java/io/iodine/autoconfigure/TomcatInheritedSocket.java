package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;

import org.apache.catalina.connector.Connector;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Has Tomcat accept on the listening socket that this process has as its standard input
 * ({@code StandardInput=socket} of systemd), so that connections wait in its queue while
 * the process is restarted.
 */
final class TomcatInheritedSocket implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

	private static final Log logger = LogFactory.getLog(TomcatInheritedSocket.class);

	private final @Nullable InetSocketAddress address;

	TomcatInheritedSocket(@Nullable Channel inherited) {
		this.address = address(inherited);
	}

	/** Of the socket of this process. */
	static TomcatInheritedSocket ofThisProcess() {
		try {
			return new TomcatInheritedSocket(System.inheritedChannel());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The standard input is a socket that can't be used", ex);
		}
	}

	private static @Nullable InetSocketAddress address(@Nullable Channel inherited) {
		try {
			return (inherited instanceof ServerSocketChannel server
					&& server.getLocalAddress() instanceof InetSocketAddress inet) ? inet : null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The standard input is a socket that can't be used", ex);
		}
	}

	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		if (this.address != null) {
			factory.addConnectorCustomizers(this::inherit);
		}
	}

	/** The actuator's port of its own is bound as usual. */
	private void inherit(Connector connector) {
		if (this.address != null && connector.getPort() == this.address.getPort()) {
			connector.setProperty("useInheritedChannel", "true");
			logger.info("Tomcat accepts on the socket of the standard input, " + this.address);
		}
	}

}
