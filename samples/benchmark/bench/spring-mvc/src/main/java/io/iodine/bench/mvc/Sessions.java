package io.iodine.bench.mvc;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * A set of sessions, and a loop over it for each message that is published. One publisher
 * is measured, so no session needs a decorator against concurrent sends.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
@ConditionalOnProperty(name = "peer", havingValue = "sessions", matchIfMissing = true)
class Sessions implements WebSocketConfigurer {

	private final Set<WebSocketSession> subscribers = ConcurrentHashMap.newKeySet();

	private final Events events;

	Sessions(Events events) {
		this.events = events;
	}

	@Override
	public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
		registry.addHandler(new Echo(), "/echo").addHandler(new Sub(), "/sub").addHandler(new Pub(), "/pub");
	}

	/** {@code /sub}: gets what was published. */
	private final class Sub extends TextWebSocketHandler {

		@Override
		public void afterConnectionEstablished(WebSocketSession session) {
			Sessions.this.subscribers.add(session);
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			Sessions.this.subscribers.remove(session);
		}

	}

	/** {@code /pub}: publishes what comes. */
	private final class Pub extends TextWebSocketHandler {

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) throws IOException {
			for (WebSocketSession subscriber : Sessions.this.subscribers) {
				subscriber.sendMessage(message);
			}
			Sessions.this.events.send(message.getPayload());
		}

	}

}
