package io.iodine.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.UpgradeHandler;
import io.iodine.WorkerInfo;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application that runs as a cluster, and tells which process answers. */
final class ClusterProgram {

	private ClusterProgram() {
	}

	/**
	 * Starts the application; {@code --broken} names a file with which no start works.
	 */
	public static void main(String[] args) {
		SpringApplication.run(Application.class, args);
	}

	/** The application. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
	@Import({ Who.class, Follow.class })
	static class Application {

		@Bean
		ApplicationRunner warmUp(Environment environment) {
			return (args) -> {
				if (Files.exists(Path.of(environment.getProperty("broken", "none")))) {
					throw new IllegalStateException("this version is broken");
				}
			};
		}

	}

	/** Tells which process answers. */
	@RestController
	static final class Who {

		private final WorkerInfo info;

		private final PubSub pubSub;

		Who(WorkerInfo info, PubSub pubSub) {
			this.info = info;
			this.pubSub = pubSub;
		}

		@GetMapping("/who")
		String who() {
			return this.info.worker() + " " + this.info.generation() + " " + ProcessHandle.current().pid();
		}

		@GetMapping("/engine")
		String engine() {
			return this.pubSub.defaultEngine().getClass().getSimpleName();
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
			client.write(this.info.worker() + " " + this.info.generation() + " " + ProcessHandle.current().pid());
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.publish("room", message);
		}

	}

}
