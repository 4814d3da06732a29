package io.iodine.handler;

import java.util.List;
import java.util.Set;

import io.iodine.CloseReason;
import io.iodine.Message;
import io.iodine.annotation.OnClose;
import io.iodine.annotation.OnError;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;
import jakarta.validation.Valid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Tests of the checks that annotated methods go through at start-up. */
class HandlerMethodsTests {

	static List<Arguments> mistakes() {
		return List.of(arguments(TwoOpens.class, "its methods TwoOpens.a and TwoOpens.b are both @OnOpen"),
				arguments(SameEvent.class, "its methods SameEvent.a and SameEvent.b both receive the event 'a'"),
				arguments(SamePayload.class,
						"its @OnMessage methods SamePayload.a and SamePayload.b receive the same messages"),
				arguments(Reserved.class, "its method Reserved.a names the reserved event 'iodine.a'"),
				arguments(PrivateMethod.class, "its method PrivateMethod.a is private or static"),
				arguments(MessageAtOpen.class,
						"its parameter 1 of MessageAtOpen.a is a Message, which only an @OnMessage method may have"),
				arguments(ReasonAtOpen.class,
						"its parameter 1 of ReasonAtOpen.a is a CloseReason, which only an @OnClose method may have"),
				arguments(PayloadAtClose.class,
						"its parameter 1 of PayloadAtClose.a is of no type that an @OnClose method may have:"
								+ " java.lang.String"),
				arguments(TwoPayloads.class, "its parameter 2 of TwoPayloads.a is a second payload"),
				arguments(UnknownVariable.class,
						"its parameter 1 of UnknownVariable.a is the path variable 'order', which not every path of"
								+ " the handler has"),
				arguments(MissingPrimitive.class,
						"its parameter 1 of MissingPrimitive.a may be missing, but is a primitive"),
				arguments(NoThrowable.class, "its @OnError method NoThrowable.a has no Throwable parameter"),
				arguments(Validated.class, "its payloads are to be validated, for which there is no validator"));
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void aMistakeIsNamedWithItsRemedy(Class<?> type, String message) {
		assertThatExceptionOfType(InvalidHandlerMethodException.class).isThrownBy(
				() -> handlers(new JacksonCodec(new JsonMapper())).upgrader(type, type, Set.of("room"), Object::new))
			.withMessage(message)
			.satisfies((ex) -> assertThat(ex.action()).endsWith("."));
	}

	@Test
	void eventsNeedAJsonLibrary() {
		assertThatExceptionOfType(InvalidHandlerMethodException.class)
			.isThrownBy(() -> handlers(new MissingCodec()).upgrader(Events.class, Events.class, Set.of(), Object::new))
			.withMessage("its @OnMessage methods read JSON, for which there is no Jackson");
	}

	@Test
	void textNeedsNone() {
		assertThatNoException()
			.isThrownBy(() -> handlers(new MissingCodec()).upgrader(Echo.class, Echo.class, Set.of(), Object::new));
	}

	private static TypedHandlers handlers(JsonCodec codec) {
		return new TypedHandlers(codec, ApplicationConversionService.getSharedInstance(), (value) -> value, null,
				List.of(), List.of(), null, PublisherContext.NONE, 1);
	}

	static class Echo {

		@OnMessage
		String echo(String text) {
			return text;
		}

	}

	static class Events {

		@OnMessage("a")
		void a() {
		}

	}

	static class TwoOpens {

		@OnOpen
		void a() {
		}

		@OnOpen
		void b(int ignored) {
		}

	}

	static class SameEvent {

		@OnMessage("a")
		void a() {
		}

		@OnMessage("a")
		void b() {
		}

	}

	static class SamePayload {

		@OnMessage
		void a(Integer number) {
		}

		@OnMessage
		void b(Echo echo) {
		}

	}

	static class Reserved {

		@OnMessage("iodine.a")
		void a() {
		}

	}

	static class PrivateMethod {

		@OnOpen
		@SuppressWarnings("UnusedMethod") // found by reflection
		private void a() {
		}

	}

	static class MessageAtOpen {

		@OnOpen
		void a(Message message) {
		}

	}

	static class ReasonAtOpen {

		@OnOpen
		void a(CloseReason reason) {
		}

	}

	static class PayloadAtClose {

		@OnClose
		void a(String text) {
		}

	}

	static class TwoPayloads {

		@OnMessage
		void a(String one, String other) {
		}

	}

	static class UnknownVariable {

		@OnOpen
		void a(@PathVariable String order) {
		}

	}

	static class MissingPrimitive {

		@OnOpen
		void a(@RequestParam(required = false) int n) {
		}

	}

	static class NoThrowable {

		@OnError
		void a() {
		}

	}

	static class Validated {

		@OnMessage
		void a(@Valid Echo echo) {
		}

	}

}
