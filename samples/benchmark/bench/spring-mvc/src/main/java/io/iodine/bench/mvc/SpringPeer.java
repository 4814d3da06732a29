package io.iodine.bench.mvc;

import org.apache.tomcat.websocket.server.WsSci;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/**
 * Spring MVC on Tomcat with Spring's WebSocket module: {@code TextWebSocketHandler} at
 * {@code /echo}, subscribers at {@code /sub} and {@code /sse}, a publisher at
 * {@code /pub}.
 */
@SpringBootApplication
public class SpringPeer {

	/**
	 * Starts the peer on the port that the environment names in {@code PORT}.
	 * @param args {@code --peer=stomp} for subscribers of the simple broker instead of
	 * sessions
	 */
	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(SpringPeer.class);
		application.run(args);
	}

	// what spring-boot-websocket does
	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> webSockets() {
		return (factory) -> factory
			.addContextCustomizers((context) -> context.addServletContainerInitializer(new WsSci(), null));
	}

}
