package io.iodine.docs;

import java.net.URI;
import java.time.Duration;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.net.ActiveListener;
import io.iodine.net.Connector;
import io.iodine.net.EventLoop;
import io.iodine.net.EventServer;
import io.iodine.net.EventStream;
import io.iodine.net.IodineClient;
import io.iodine.net.Listener;
import io.iodine.net.Listeners;
import io.iodine.net.NamedClient;
import io.iodine.net.NamedClientProcessor;
import io.iodine.net.NamedClientRule;
import io.iodine.net.NamedClients;
import io.iodine.net.NamedClients.Iteration;
import io.iodine.task.LifecycleEvent;
import io.iodine.task.LifecycleState;
import io.iodine.task.Timer;
import io.iodine.task.Timers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Examples of {@code docs/sockets.md} and the pages about what is below HTTP. */
final class SocketExamples {

	private SocketExamples() {
	}

	/** A handler of lines. */
	static class ChatHandler implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	/** Listeners by properties. */
	@Configuration(proxyBeanMethods = false)
	static class ByProperties {

		// tag::handler[]
		@Bean
		ConnectionHandler chatHandler() {
			return new ChatHandler(); // the callbacks that WebSockets have
		}
		// end::handler[]

	}

	/** Listeners in beans. */
	@Configuration(proxyBeanMethods = false)
	static class InBeans {

		private final ConnectionHandler handler = new ChatHandler();

		// tag::listener[]
		@Bean
		Listener chat() {
			return Listener.on("tcp://0.0.0.0:7000", ChatHandler::new)
				.framer(Framer.line())
				.timeout(Duration.ofMinutes(5));
		}

		void later(Listeners listeners) {
			ActiveListener active = listeners.add(Listener.on("unix:/run/late.sock", this.handler));
			active.stop(); // takes no more connections; those that are open stay
		}
		// end::listener[]

	}

	// tag::client[]
	@IodineClient(url = "wss://example.com/feed")
	static class Feed implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.write("subscribe"); // again after each reconnect
		}

		@Override
		public void onMessage(Connection client, Message message) {
			System.out.println(message.asText());
		}

	}
	// end::client[]

	static void once(Connector connector, ConnectionHandler handler) {
		// tag::once[]
		Connection client = connector.connect(URI.create("tcp://127.0.0.1:7000"), handler);
		client.write("waits until the connection is open");
		// end::once[]
	}

	// tag::named[]
	static void serve(NamedClients clients) {
		clients.register("sensor-1", NamedClientRule.localOnly());
		clients.listen("tcp://0.0.0.0:7000");
		clients.listen("unix:/run/sensors.sock");

		while (!Thread.currentThread().isInterrupted()) {
			Iteration iteration = clients.poll(Duration.ofSeconds(1));
			iteration.readable().forEach((client) -> client.messages().forEach((message) -> client.send(message)));
		}
	}
	// end::named[]

	static void process(NamedClients clients) {
		// tag::processor[]
		clients.register("sensor-1").process((client) -> new NamedClientProcessor() {

			@Override
			public void onMessage(NamedClient from, Message message) {
				from.send(message); // or raw(true), closeNow(), closeAfterOutput()
			}

			@Override
			public void onDisconnected(NamedClient from) {
				System.out.println(from.name() + " has gone");
			}

		});
		clients.processUnknown((client) -> (from, message) -> from.closeNow());
		// end::processor[]
	}

	static void loop(ObjectProvider<EventLoop> loops) {
		// tag::loop[]
		EventLoop loop = loops.getObject(); // each bean is a new loop
		EventServer server = loop.listen("0.0.0.0", 1234);
		server.on("accept", (accepted) -> {
			EventStream stream = (EventStream) accepted[0];
			stream.on("data", (chunk) -> stream.write((Message) chunk[0])).on("close", (nothing) -> loop.stop());
		});
		loop.start(); // runs listeners on this thread until stop()
		// end::loop[]
	}

	// tag::timers[]
	@Component
	static class Cleanup {

		Cleanup(Timers timers) {
			timers.run(() -> System.out.println("as soon as possible, on a callback thread"));
			timers.runAfter(Duration.ofSeconds(5), () -> System.out.println("once"));
			// 0: without end, else so many times
			Timer timer = timers.runEvery(Duration.ofMinutes(1), 0, this::clean);
			timers.onIdle(() -> System.out.println("once, when no callback is running or waiting"));
			timer.onFinish(() -> System.out.println("cancelled, or at the end of the application"));
		}

		private void clean() {
			// what is due each minute
		}

	}
	// end::timers[]

	/** Hears lifecycle events. */
	@Component
	static class Lifecycle {

		// tag::lifecycle[]
		@EventListener
		void on(LifecycleEvent event) {
			if (event.state() == LifecycleState.START_SHUTDOWN) {
				System.out.println("The application begins to stop");
			}
		}
		// end::lifecycle[]

	}

}
