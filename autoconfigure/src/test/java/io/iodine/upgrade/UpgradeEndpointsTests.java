package io.iodine.upgrade;

import java.util.List;
import java.util.stream.Stream;

import io.iodine.ConnectionHandler;
import io.iodine.Overflow;
import io.iodine.UpgradeHandler;
import io.iodine.connection.PingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tests for {@link UpgradeEndpoints}. */
class UpgradeEndpointsTests {

	private static final UpgradePolicy DEFAULTS = new UpgradePolicy(List.of(), List.of(), false, Overflow.DEFAULT,
			PingSettings.DEFAULT, true);

	@Test
	void aSubprotocolThatNoClientCanOfferFailsTheStart() {
		failsWith(Spaced.class, "its subprotocol 'v1 chat' has characters that no client can offer");
	}

	@Test
	void anOriginWithoutASchemeFailsTheStart() {
		failsWith(Schemeless.class, "its allowed origin 'localhost:3000' is no origin and would match nothing");
	}

	@Test
	void twoHandlersOfOnePathFailTheStartHoweverTheyNameItsVariable() {
		failsWith(RoomByName.class,
				"it serves the path '/rooms/{name}', as does the bean 'upgradeEndpointsTests.RoomById' by '/rooms/{id}'",
				RoomById.class);
		failsWith(SameRoom.class,
				"it serves the path '/rooms/{id}', as does the bean 'upgradeEndpointsTests.RoomById' by '/rooms/{id}'",
				RoomById.class);
	}

	@Test
	void pathsThatDifferServeOneHandlerEach() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(RoomById.class,
				RoomByNumber.class, RoomsBelow.class)) {
			assertThat(new UpgradeEndpoints(context, new PathPatternParser(), DEFAULTS).find().paths())
				.containsExactlyInAnyOrder("/rooms/{id}", "/rooms/{id:\\p{Digit}+}", "/rooms/{name:\\p{Alpha}+}",
						"/rooms/{*id}");
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { Scoped.class, ScopedByInterface.class })
	void aScopedProxyAndItsTargetAreOneHandler(Class<?> handler) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(handler)) {
			UpgradeEndpoints endpoints = new UpgradeEndpoints(context, new PathPatternParser(), DEFAULTS);

			assertThat(endpoints.find().endpoints()).singleElement()
				.satisfies((endpoint) -> assertThat(context.getBean(endpoint.beanName()))
					.isInstanceOf(ConnectionHandler.class));
		}
	}

	private static void failsWith(Class<?> handler, String mistake, Class<?>... others) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			Stream.concat(Stream.of(others), Stream.of(handler)).forEach(context::register);
			context.refresh();
			UpgradeEndpoints endpoints = new UpgradeEndpoints(context, new PathPatternParser(), DEFAULTS);

			assertThatThrownBy(endpoints::find).isInstanceOf(InvalidUpgradeHandlerException.class).hasMessage(mistake);
		}
	}

	@UpgradeHandler("/chat")
	@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class Scoped implements ConnectionHandler {

	}

	@UpgradeHandler("/chat")
	@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.INTERFACES)
	static class ScopedByInterface implements ConnectionHandler {

	}

	@UpgradeHandler(value = "/chat", subprotocols = { "v2.chat", "v1 chat" })
	static class Spaced implements ConnectionHandler {

	}

	@UpgradeHandler(value = "/chat", allowedOrigins = "localhost:3000")
	static class Schemeless implements ConnectionHandler {

	}

	@UpgradeHandler("/rooms/{id}")
	static class RoomById implements ConnectionHandler {

	}

	@UpgradeHandler("/rooms/{id}")
	static class SameRoom implements ConnectionHandler {

	}

	@UpgradeHandler("/rooms/{name}")
	static class RoomByName implements ConnectionHandler {

	}

	@UpgradeHandler({ "/rooms/{id:\\p{Digit}+}", "/rooms/{name:\\p{Alpha}+}" })
	static class RoomByNumber implements ConnectionHandler {

	}

	@UpgradeHandler("/rooms/{*id}")
	static class RoomsBelow implements ConnectionHandler {

	}

}
