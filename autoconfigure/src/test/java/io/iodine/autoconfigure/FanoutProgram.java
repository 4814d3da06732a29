package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.UpgradeHandler;
import io.iodine.WorkerInfo;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * An application that publishes numbers to the clients of its WebSockets. Each process
 * takes commands on a port of its own, because the kernel decides which worker gets a
 * connection of the shared one.
 */
final class FanoutProgram {

	private FanoutProgram() {
	}

	/** Starts the application. */
	public static void main(String[] args) {
		SpringApplication.run(Application.class, args);
	}

	/** The application. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
	@Import({ Numbers.class, Subscriber.class })
	static class Application {

	}

	/** Publishes and hears numbers, each with the number of its publisher. */
	static final class Numbers implements DisposableBean {

		private static final Log logger = LogFactory.getLog(Numbers.class);

		private final PubSub pubSub;

		private final HttpServer commands;

		Numbers(WorkerInfo info, PubSub pubSub) throws IOException {
			this.pubSub = pubSub;
			this.commands = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			this.commands.createContext("/", this::handle);
			this.commands.setExecutor(Executors.newCachedThreadPool());
			this.commands.start();
			logger.info("Commands of worker " + info.worker() + " on port " + this.commands.getAddress().getPort());
		}

		private void handle(HttpExchange exchange) throws IOException {
			String[] words = exchange.getRequestURI().getPath().substring(1).split("/", -1);
			String answer = publish(Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
			byte[] bytes = answer.getBytes(StandardCharsets.US_ASCII);
			exchange.sendResponseHeaders(200, bytes.length);
			exchange.getResponseBody().write(bytes);
			exchange.close();
		}

		private String publish(int publisher, int first, int count) {
			for (int number = first; number < first + count; number++) {
				byte[] content = ByteBuffer.allocate(64).putInt(publisher).putInt(number).array();
				while (!this.pubSub.publish("numbers", Message.binary(content))) {
					LockSupport.parkNanos(100_000);
				}
			}
			return "published";
		}

		@Override
		public void destroy() {
			this.commands.stop(0);
		}

	}

	/** Says which worker it has, and hears the numbers. */
	@UpgradeHandler(value = "/numbers", nonBlocking = true)
	static final class Subscriber implements ConnectionHandler {

		private final WorkerInfo info;

		Subscriber(WorkerInfo info) {
			this.info = info;
		}

		@Override
		public void onOpen(Connection client) {
			client.subscribe("numbers");
			client.write(Message.binary(ByteBuffer.allocate(64).putInt(0).putInt(this.info.worker()).array()));
		}

	}

}
