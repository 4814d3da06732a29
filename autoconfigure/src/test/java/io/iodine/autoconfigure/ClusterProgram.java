package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.UpgradeHandler;
import io.iodine.WorkerInfo;
import io.iodine.net.Listener;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** An application that runs as a cluster, and tells which process answers. */
final class ClusterProgram {

	private ClusterProgram() {
	}

	/** Starts the application. */
	public static void main(String[] args) {
		SpringApplication.run(Application.class, args);
	}

	/** What a jar of the class path says; "broken" starts never. */
	private static String version() throws IOException {
		try (InputStream version = ClusterProgram.class.getResourceAsStream("/cluster-version.txt")) {
			return (version != null) ? new String(version.readAllBytes(), StandardCharsets.UTF_8) : "none";
		}
	}

	/** The application. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
	@Import({ Who.class, Once.class, Follow.class, Kept.class, Raw.class, Trouble.class })
	static class Application {

		@Bean
		ApplicationRunner warmUp() {
			return (args) -> {
				if (version().equals("broken")) {
					throw new IllegalStateException("this version is broken");
				}
			};
		}

	}

	/** What goes wrong, as a file says; nothing while there is none. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("trouble")
	static class Trouble {

		@Bean
		ApplicationRunner trouble(@Value("${trouble}") Path file) {
			return (args) -> {
				while (is(file, "hang")) {
					LockSupport.parkNanos(10_000_000);
				}
			};
		}

		@Bean
		ApplicationListener<AvailabilityChangeEvent<ReadinessState>> crash(@Value("${trouble}") Path file) {
			return (event) -> {
				if (event.getState() == ReadinessState.ACCEPTING_TRAFFIC && is(file, "crash")) {
					CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS)
						.execute(() -> Runtime.getRuntime().halt(9));
				}
			};
		}

		private static boolean is(Path file, String trouble) {
			try {
				return Files.exists(file) && Files.readString(file).equals(trouble);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/** Tells each client of a raw listener which process serves it. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("raw")
	static class Raw {

		@Bean
		Listener rawListener(WorkerInfo info) {
			return Listener.on("tcp://127.0.0.1:0", () -> new ConnectionHandler() {

				@Override
				public void onOpen(Connection client) {
					client.write(info.worker() + "\n");
					client.close();
				}

			});
		}

	}

	/** What one worker has. */
	@ConditionalOnWorker(1)
	static final class Once {

	}

	/** Tells which process answers. */
	@RestController
	static final class Who {

		private final WorkerInfo info;

		private final PubSub pubSub;

		/** Of what this process has been started from. */
		private final String version;

		private final LongAdder heard = new LongAdder();

		private final boolean once;

		/** Memory that is in use as long as this process. */
		private final Queue<ByteBuffer> memory = new ConcurrentLinkedQueue<>();

		Who(WorkerInfo info, PubSub pubSub, ObjectProvider<Once> once) throws IOException {
			this.info = info;
			this.pubSub = pubSub;
			this.once = once.getIfAvailable() != null;
			this.version = ClusterProgram.version();
		}

		@GetMapping("/who")
		String who() {
			return this.info.worker() + " " + this.info.generation() + " " + ProcessHandle.current().pid();
		}

		@GetMapping("/version")
		String version() {
			return this.version;
		}

		/** Whether this worker has the bean that only one has. */
		@GetMapping("/once")
		String once() {
			return this.info.worker() + " " + this.once;
		}

		/** Takes memory outside of the heap, which is written to. */
		@PostMapping("/grow")
		String grow(@RequestParam int megabytes) {
			this.memory.add(ByteBuffer.allocateDirect(megabytes << 20));
			return who();
		}

		/** Which workers have clients in the room. */
		@GetMapping("/members")
		Mono<String> members() {
			return Mono.fromCompletionStage(() -> this.pubSub.presence("room").members())
				.map((members) -> String.join(" ", new TreeSet<>(members)));
		}

		/** Adds subscriptions, so that the master sends what is published. */
		@PostMapping("/subscribe")
		void subscribe(@RequestParam int count) {
			for (int i = 0; i < count; i++) {
				this.pubSub.subscribe("numbers", (channel, message) -> this.heard.increment());
			}
		}

		/** Publishes numbers, as fast as the engine takes them. */
		@PostMapping("/publish")
		void publish(@RequestParam int count, @RequestParam(defaultValue = "0") int padding) {
			String name = String.valueOf(this.info.worker());
			String rest = "x".repeat(padding);
			Thread thread = new Thread(() -> {
				for (int i = 0; i < count; i++) {
					while (!this.pubSub.publish("numbers", name + " " + i + " " + rest)) {
						LockSupport.parkNanos(100_000);
					}
				}
			});
			thread.setDaemon(true);
			thread.start();
		}

		/** Publishes a number to the channel with history, once. */
		@PostMapping("/keep")
		Mono<String> keep(@RequestParam String number) {
			return Mono.fromCompletionStage(
					() -> this.pubSub.publishConfirmed("kept", Message.text(number), "number-" + number));
		}

	}

	/** Follows a channel with history, whose messages are missed by none. */
	@UpgradeHandler("/kept")
	static final class Kept implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("kept");
		}

	}

	/** Tells who serves, then what is published; publishes what it gets. */
	@UpgradeHandler("/follow")
	static final class Follow implements ConnectionHandler {

		private final WorkerInfo info;

		Follow(WorkerInfo info) {
			this.info = info;
		}

		@Override
		public void onOpen(Connection client) {
			client.subscribe("room");
			client.join("room", "worker-" + this.info.worker());
			client.write(this.info.worker() + " " + this.info.generation() + " " + ProcessHandle.current().pid());
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.publish("room", message);
		}

	}

}
