package io.iodine.servlet;

import java.util.List;
import java.util.Objects;

import io.iodine.connection.TestServer;
import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.Test;

import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tomcat's limit of connections stays above that of upgraded ones. */
class TomcatCapacityTests {

	@Test
	void aLimitThatIsTooLowFailsTheStart() {
		assertThatThrownBy(() -> TestServer.start(List.of(), "test.server=tomcat", "iodine.connections.max=10",
				"server.tomcat.max-connections=10", "logging.level.org.springframework=off"))
			.rootCause()
			.hasMessageContaining("server.tomcat.max-connections is 10")
			.hasMessageContaining("more than iodine.connections.max");
	}

	@Test
	void theDefaultIsRaised() {
		try (TestServer server = TestServer.start(List.of(), "test.server=tomcat", "iodine.connections.max=20000")) {
			assertThat(((AbstractProtocol<?>) tomcat(server).getTomcat().getConnector().getProtocolHandler())
				.getMaxConnections()).isEqualTo(21_024);
		}
	}

	private static TomcatWebServer tomcat(TestServer server) {
		return (TomcatWebServer) Objects
			.requireNonNull(((ServletWebServerApplicationContext) server.context()).getWebServer());
	}

}
