package io.iodine.bench;

import java.util.Map;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;

/** The endpoints of the benchmark sample with plain WebFlux. */
@SpringBootApplication(proxyBeanMethods = false)
class WebFluxPeer {

	private static final Sinks.Many<String> SINK = Sinks.many().multicast().onBackpressureBuffer(1 << 16, false);

	@Bean
	HandlerMapping webSockets() {
		return new SimpleUrlHandlerMapping(Map.of("/echo",
				(WebSocketHandler) (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain)),
				"/sub", (WebSocketHandler) (session) -> session.send(SINK.asFlux().map(session::textMessage)), "/pub",
				(WebSocketHandler) (session) -> session.receive()
					.doOnNext((message) -> SINK.tryEmitNext(message.getPayloadAsText()).orThrow())
					.then()),
				-1);
	}

	/** Events, and twelve bytes. */
	@RestController
	static class Events {

		@GetMapping(path = "/sse", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> sse() {
			return SINK.asFlux();
		}

		@GetMapping(path = "/hello", produces = MediaType.TEXT_PLAIN_VALUE)
		String hello() {
			return "Hello World!";
		}

	}

}
