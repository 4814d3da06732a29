package io.iodine.samples.dialer;

import java.net.URI;
import java.util.List;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.net.Connector;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Connects to WebSocket servers, by default to its own: {@code /heard} shows what they
 * said. {@code --dialer.url=wss://…} names another.
 */
@SpringBootApplication
public class DialerApplication {

	public static void main(String[] args) {
		SpringApplication.run(DialerApplication.class, args);
	}

	@Bean
	Heard heard() {
		return new Heard();
	}

	@Bean
	ApplicationRunner echoClient(Connector connector, Heard heard, Environment environment) {
		return (arguments) -> connector.connect(URI.create(environment.getRequiredProperty("dialer.url")),
				new EchoClient(heard));
	}

	/** What the clients dial by default. */
	@UpgradeHandler("/echo")
	static class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	/** Tells what was heard. */
	@RestController
	static class HeardController {

		private final Heard heard;

		HeardController(Heard heard) {
			this.heard = heard;
		}

		@GetMapping("/heard")
		List<String> heard() {
			return this.heard.lines();
		}

	}

}
