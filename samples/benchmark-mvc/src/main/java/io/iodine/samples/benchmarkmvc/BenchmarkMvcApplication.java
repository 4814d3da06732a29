package io.iodine.samples.benchmarkmvc;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.UpgradeHandler;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * One endpoint for each workload of the performance page, on a servlet container.
 */
@SpringBootApplication
public class BenchmarkMvcApplication {

	public static void main(String[] args) {
		SpringApplication.run(BenchmarkMvcApplication.class, args);
	}

	@Bean
	@ConditionalOnProperty(name = "echo.blocking", havingValue = "false", matchIfMissing = true)
	@UpgradeHandler(value = "/echo", nonBlocking = true)
	Echo echo() {
		return new Echo();
	}

	@Bean
	@ConditionalOnProperty(name = "echo.blocking", havingValue = "true")
	@UpgradeHandler("/echo")
	Echo blockingEcho() {
		return new Echo();
	}

	/**
	 * {@code /hello}: twelve bytes through a Spring MVC controller.
	 */
	@RestController
	static class Hello {

		@GetMapping(path = "/hello", produces = MediaType.TEXT_PLAIN_VALUE)
		String hello() {
			return "Hello World!";
		}

	}

	/**
	 * {@code /echo}: what comes goes back.
	 */
	static class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	/**
	 * {@code /sub}: gets what was published, as WebSocket messages.
	 */
	@UpgradeHandler(value = "/sub", protocols = Protocol.WEBSOCKET, nonBlocking = true)
	static class Subscriber implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("benchmark");
		}

	}

	/**
	 * {@code /sse}: gets what was published, as server-sent events.
	 */
	@UpgradeHandler(value = "/sse", protocols = Protocol.SSE, nonBlocking = true)
	static class Follower extends Subscriber {

	}

	/**
	 * {@code /pub}: publishes what comes, as it came.
	 */
	@UpgradeHandler(value = "/pub", protocols = Protocol.WEBSOCKET, nonBlocking = true)
	static class Publisher implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.publish("benchmark", message);
		}

	}

}
