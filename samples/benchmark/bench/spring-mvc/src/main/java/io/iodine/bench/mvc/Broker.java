package io.iodine.bench.mvc;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

import java.util.Map;

/**
 * The simple broker: STOMP at {@code /sub}, and a WebSocket at {@code /pub} that sends to
 * it.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSocketMessageBroker
@ConditionalOnProperty(name = "peer", havingValue = "stomp")
class Broker implements WebSocketMessageBrokerConfigurer {

	@Override
	public void registerStompEndpoints(StompEndpointRegistry registry) {
		registry.addEndpoint("/sub");
	}

	@Override
	public void configureMessageBroker(MessageBrokerRegistry registry) {
		registry.enableSimpleBroker("/topic");
		registry.setPreservePublishOrder(true);
	}

	@Bean
	HandlerMapping publisher(@Lazy SimpMessagingTemplate broker) {
		WebSocketHandlerMapping mapping = new WebSocketHandlerMapping();
		mapping.setUrlMap(Map.of("/pub", new WebSocketHttpRequestHandler(new Pub(broker))));
		mapping.setOrder(0);
		return mapping;
	}

	/** {@code /pub}: sends what comes to the topic. */
	private static final class Pub extends TextWebSocketHandler {

		private final SimpMessagingTemplate broker;

		Pub(SimpMessagingTemplate broker) {
			this.broker = broker;
		}

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) {
			this.broker.convertAndSend("/topic/benchmark", message.getPayload());
		}

	}

}
