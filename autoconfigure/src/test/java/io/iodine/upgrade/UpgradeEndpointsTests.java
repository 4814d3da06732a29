package io.iodine.upgrade;

import java.util.List;

import io.iodine.ConnectionHandler;
import io.iodine.Overflow;
import io.iodine.UpgradeHandler;
import io.iodine.connection.PingSettings;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tests for {@link UpgradeEndpoints}. */
class UpgradeEndpointsTests {

	@Test
	void aSubprotocolThatNoClientCanOfferFailsTheStart() {
		failsWith(Spaced.class, "its subprotocol 'v1 chat' has characters that no client can offer");
	}

	@Test
	void anOriginWithoutASchemeFailsTheStart() {
		failsWith(Schemeless.class, "its allowed origin 'localhost:3000' is no origin and would match nothing");
	}

	private static void failsWith(Class<?> handler, String mistake) {
		UpgradePolicy defaults = new UpgradePolicy(List.of(), List.of(), false, Overflow.DEFAULT, PingSettings.DEFAULT,
				true);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(handler)) {
			UpgradeEndpoints endpoints = new UpgradeEndpoints(context, new PathPatternParser(), defaults);

			assertThatThrownBy(endpoints::find).isInstanceOf(InvalidUpgradeHandlerException.class).hasMessage(mistake);
		}
	}

	@UpgradeHandler(value = "/chat", subprotocols = { "v2.chat", "v1 chat" })
	static class Spaced implements ConnectionHandler {

	}

	@UpgradeHandler(value = "/chat", allowedOrigins = "localhost:3000")
	static class Schemeless implements ConnectionHandler {

	}

}
