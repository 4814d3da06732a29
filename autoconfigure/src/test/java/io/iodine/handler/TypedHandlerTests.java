package io.iodine.handler;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnClose;
import io.iodine.annotation.OnError;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;
import io.iodine.connection.OnEachWebServer;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import io.iodine.connection.WebSocketPeer;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Positive;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of typed handlers, from the request to the reply. */
@OnEachWebServer
class TypedHandlerTests {

	@AutoClose
	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(List.of(Handlers.class), "orders.path=/orders", "orders.cancel=order.cancel",
				"spring.security.user.name=user", "iodine.handler.max-pending-results=2");
	}

	@Test
	void anEventWithAnIdIsAcknowledged() {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			peer.send("{\"event\":\"order.place\",\"id\":1,\"data\":{\"item\":\"tea\",\"quantity\":2}}");

			assertThat(peer.next()).isEqualTo("text {\"id\":1,\"data\":{\"number\":7,\"text\":\"2 tea\"}}");
		}
	}

	@Test
	void theResultOfAnEventWithoutAnIdIsAnEventOfThatName() {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			peer.send("{\"event\":\"order.place\",\"data\":{\"item\":\"tea\",\"quantity\":2}}");

			assertThat(peer.next())
				.isEqualTo("text {\"event\":\"order.place\",\"data\":{\"number\":7,\"text\":\"2 tea\"}}");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					order.place   | {"item":"tea","quantity":0} | {"status":400,"title":"Validation failed","detail":"quantity: must be greater than 0"}
					order.place   | {"item":[],"quantity":1}    | {"status":400,"title":"Bad Request","detail":"The JSON is not what is expected here"}
					order.place   | null                        | {"status":400,"title":"Bad Request","detail":"The data is missing"}
					order.unknown | null                        | {"status":400,"title":"Unknown event"}
					order.missing | null                        | {"status":404,"title":"Not Found","detail":"no such order"}
					order.broken  | null                        | {"status":500,"title":"Internal Server Error"}
					order.later   | "fails"                     | {"status":500,"title":"Internal Server Error"}
					iodine.publish| {"channel":"a"}             | {"status":403,"title":"Forbidden"}
					""")
	void whatFailsIsAnsweredAndTheConnectionStays(String event, String data, String error) {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			peer.send("{\"event\":\"" + event + "\",\"id\":\"x\",\"data\":" + data + "}");
			assertThat(peer.next()).isEqualTo("text {\"id\":\"x\",\"error\":" + error + "}");

			peer.send("{\"event\":\"order.cancel\",\"id\":2}");
			assertThat(peer.next()).isEqualTo("text {\"id\":2,\"data\":null}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[]", "7", "{\"event\":7}", "{\"id\":7}" })
	void whatIsNoEnvelopeIsAnsweredWithAnError(String message) {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			peer.send(message);

			assertThat(peer.next()).startsWith("text {\"error\":{\"status\":400,\"title\":\"Bad Request\"");
		}
	}

	@Test
	void anErrorMethodAnswersInsteadOfTheError() {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			peer.send("{\"event\":\"order.refused\",\"id\":3}");

			assertThat(peer.next()).isEqualTo("text {\"id\":3,\"data\":\"refused: too late\"}");
		}
	}

	@Test
	void resultsMayComeLater() {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			peer.send("{\"event\":\"order.later\",\"id\":4,\"data\":\"stage\"}");
			assertThat(peer.next()).isEqualTo("text {\"id\":4,\"data\":\"STAGE\"}");

			peer.send("{\"event\":\"order.mono\",\"id\":5,\"data\":\"mono\"}");
			assertThat(peer.next()).isEqualTo("text {\"id\":5,\"data\":\"MONO\"}");

			peer.send("{\"event\":\"order.count\",\"id\":6,\"data\":2}");
			assertThat(peer.next()).isEqualTo("text {\"event\":\"order.count\",\"data\":0}");
			assertThat(peer.next()).isEqualTo("text {\"event\":\"order.count\",\"data\":1}");
			assertThat(peer.next()).isEqualTo("text {\"id\":6,\"data\":null}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stage", "stream" })
	void aLateResultThatCantBeWrittenIsAnsweredAndLeavesItsPlace(String way) {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			for (int i = 0; i < 4; i++) {
				peer.send("{\"event\":\"order.exploding." + way + "\",\"id\":" + i + "}");

				assertThat(peer.next()).isEqualTo(
						"text {\"id\":" + i + ",\"error\":{\"status\":500,\"title\":\"Internal Server Error\"}}");
			}
		}
	}

	@Test
	void resultsThatComeLaterAreBounded() {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			peer.send("{\"event\":\"order.never\",\"id\":1}");
			peer.send("{\"event\":\"order.never\",\"id\":2}");
			peer.send("{\"event\":\"order.never\",\"id\":3}");

			assertThat(peer.next())
				.isEqualTo("text {\"id\":3,\"error\":{\"status\":503,\"title\":\"Too many requests in progress\"}}");
		}
	}

	@Test
	void aStreamIsCancelledWithItsConnection() throws Exception {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			peer.send("{\"event\":\"order.never\",\"id\":1}");
			assertThat(Orders.NEVER.poll(30, TimeUnit.SECONDS)).isEqualTo("subscribed");
		}

		assertThat(Orders.NEVER.poll(30, TimeUnit.SECONDS)).isEqualTo("cancelled");
	}

	@Test
	void aStreamLongerThanTheSendQueueArrivesWhole() {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			peer.send("{\"event\":\"order.count\",\"data\":5000}");

			for (int i = 0; i < 5000; i++) {
				assertThat(peer.next()).isEqualTo("text {\"event\":\"order.count\",\"data\":" + i + "}");
			}
		}
	}

	@Test
	void argumentsComeFromTheRequest() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.handshake("/request/PT3S?n=1&n=2", "Cookie: c=chip", "X-Length: 12").expect(101);

			assertThat(peer.frame()).hasToString("text 3 [1, 2] 12 chip Optional.empty 5");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/orders/seven, The path variable 'order' is not a valid long",
			"/request/PT3S?n=x, The query parameter 'n' is not a valid list",
			"/request/PT3S, The query parameter 'n' is missing" })
	void aBadRequestIsNotUpgraded(String path, String body) {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.handshake(path, "Cookie: c=chip", "X-Length: 12").expect(400);

			assertThat(new String(peer.octets(body.length()), StandardCharsets.US_ASCII)).isEqualTo(body);
		}
	}

	@Test
	void wholeMessagesGoByTheirType() {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/sealed")) {
			peer.send("{\"type\":\"circle\",\"radius\":2}");
			assertThat(peer.next()).isEqualTo("text circle 2");

			peer.send("{\"type\":\"square\",\"side\":3}");
			assertThat(peer.next()).isEqualTo("text square 3");

			peer.send(new byte[] { 1, 2, 3 });
			assertThat(peer.next()).isEqualTo("text 3 bytes");

			peer.send("{\"type\":\"line\"}");
			assertThat(peer.next()).startsWith("text {\"error\":{\"status\":400");
		}
	}

	@Test
	void theLastCallTellsWhyTheConnectionEnded() throws Exception {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/sealed")) {
			peer.send("{\"type\":\"circle\",\"radius\":2}");
			peer.next();
			peer.socket().sendClose(4000, "enough").join();
		}

		assertThat(Shapes.CLOSED.poll(30, TimeUnit.SECONDS)).isEqualTo("4000 enough");
	}

	@Test
	void aStreamOfEventsIsWrittenAsItIs() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.get("/request/PT3S?n=1", "Accept: text/event-stream", "Cookie: c=chip", "X-Length: 12").expect(200);

			assertThat(peer.event()).isEqualTo("data: 3 [1] 12 chip Optional.empty 5\n\n");
		}
	}

	@Test
	void aDenialWithALongTitleIsADenial() throws Exception {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/denied")) {
			assertThat(peer.next()).startsWith("close 1008 ").doesNotContain("1011");
		}
		assertThat(Denied.CLOSED.poll(30, TimeUnit.SECONDS)).isEqualTo("closed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "publisher", "stage" })
	void aResultThatCantBeAwaitedLeavesItsPlace(String way) {
		try (WebSocketPeer peer = WebSocketPeer.connect(server, "/orders/7")) {
			for (int i = 0; i < 4; i++) {
				peer.send("{\"event\":\"order.throwing." + way + "\",\"id\":" + i + "}");

				assertThat(peer.next()).isEqualTo(
						"text {\"id\":" + i + ",\"error\":{\"status\":500,\"title\":\"Internal Server Error\"}}");
			}
		}
	}

	/** What is served. */
	@Configuration(proxyBeanMethods = false)
	@Import({ Orders.class, RequestValue.class, Shapes.class, Denied.class })
	static class Handlers {

	}

	record PlaceOrder(String item, @Positive int quantity) {

	}

	record Placed(long number, String text) {

	}

	/** An exception of the application's. */
	static final class TooLateException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		TooLateException() {
			super("too late");
		}

	}

	/** Handles events by name. */
	@UpgradeHandler("${orders.path}/{order}")
	static class Orders {

		static final BlockingQueue<String> NEVER = new LinkedBlockingQueue<>();

		@OnMessage("order.place")
		Placed place(@PathVariable long order, @Valid PlaceOrder command) {
			return new Placed(order, command.quantity() + " " + command.item());
		}

		@OnMessage(event = "${orders.cancel}")
		void cancel(Connection client, Message message) {
			assertThat(message.isText()).isTrue();
			assertThat(client.isOpen()).isTrue();
		}

		@OnMessage("order.missing")
		void missing() {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "no such order");
		}

		@OnMessage("order.broken")
		void broken() {
			throw new IllegalStateException("the password is secret");
		}

		@OnMessage("order.refused")
		void refused() {
			throw new TooLateException();
		}

		@OnMessage("order.later")
		CompletionStage<String> later(String text) {
			return CompletableFuture.supplyAsync(() -> {
				if (text.equals("fails")) {
					throw new IllegalStateException("internals");
				}
				return text.toUpperCase(Locale.ROOT);
			});
		}

		@OnMessage("order.mono")
		Mono<String> mono(String text) {
			return Mono.just(text.toUpperCase(Locale.ROOT)).delayElement(Duration.ofMillis(1));
		}

		@OnMessage("order.exploding.stage")
		CompletionStage<Exploding> explodingStage() {
			return CompletableFuture.supplyAsync(Exploding::new);
		}

		@OnMessage("order.exploding.stream")
		Flux<Exploding> explodingStream() {
			return Flux.just(new Exploding()).delayElements(Duration.ofMillis(1));
		}

		@OnMessage("order.throwing.publisher")
		Publisher<Integer> throwingPublisher() {
			return (subscriber) -> {
				throw new IllegalStateException("expected by this test");
			};
		}

		@OnMessage("order.throwing.stage")
		CompletionStage<Integer> throwingStage() {
			return new CompletableFuture<>() {
				@Override
				public CompletableFuture<Integer> whenComplete(BiConsumer<? super Integer, ? super Throwable> action) {
					throw new IllegalStateException("expected by this test");
				}
			};
		}

		@OnMessage("order.count")
		Flux<Integer> count(int count) {
			return Flux.range(0, count);
		}

		@OnMessage("order.never")
		Flux<Integer> never() {
			return Flux.<Integer>never()
				.doOnSubscribe((subscription) -> NEVER.add("subscribed"))
				.doOnCancel(() -> NEVER.add("cancelled"));
		}

		@OnError
		String tooLate(TooLateException ex) {
			return "refused: " + ex.getMessage();
		}

	}

	/** Says what came with the request. */
	@UpgradeHandler("/request/{time}")
	static class RequestValue {

		@OnOpen
		String opened(@PathVariable Duration time, @RequestParam("n") List<Integer> numbers,
				@RequestHeader("X-Length") int length, @CookieValue String c, @RequestParam Optional<String> more,
				@RequestParam(defaultValue = "5") int other) {
			return time.toSeconds() + " " + numbers + " " + length + " " + c + " " + more + " " + other;
		}

	}

	/** Lets no client in, and has a result whose cancellation fails. */
	@UpgradeHandler("/denied")
	static class Denied {

		static final BlockingQueue<String> CLOSED = new LinkedBlockingQueue<>();

		@OnOpen
		void opened() {
			throw new ErrorResponseException(HttpStatus.FORBIDDEN,
					ProblemDetail.forStatusAndDetail(HttpStatus.FORBIDDEN, "no"), null) {
				private static final long serialVersionUID = 1L;

				{
					setTitle("Für Unbefugte kein Zutritt. ".repeat(20));
				}
			};
		}

		@OnClose
		void closed() {
			CLOSED.add("closed");
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Circle.class, name = "circle"),
			@JsonSubTypes.Type(value = Square.class, name = "square") })
	sealed interface Shape {

	}

	record Circle(int radius) implements Shape {

	}

	record Square(int side) implements Shape {

	}

	/** Handles whole messages by their type. */
	@UpgradeHandler("/sealed")
	static class Shapes {

		static final BlockingQueue<String> CLOSED = new LinkedBlockingQueue<>();

		@OnMessage
		String circle(Circle circle) {
			return "circle " + circle.radius();
		}

		@OnMessage
		Optional<String> square(Square square) {
			return Optional.of("square " + square.side());
		}

		@OnMessage
		String bytes(byte[] bytes) {
			return bytes.length + " bytes";
		}

		@OnClose
		void closed(CloseReason reason) {
			if (reason.code() == 4000) {
				CLOSED.add(reason.code() + " " + reason.text());
			}
		}

	}

	/** Has no JSON. */
	static final class Exploding {

		private final Optional<String> text = Optional.empty();

		public String getText() {
			return this.text.orElseThrow(() -> new NoClassDefFoundError("expected by this test"));
		}

	}

}
