package io.iodine.samples.customengine;

import java.util.List;

import io.iodine.PubSub;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Publishes through the reporter, and shows its report. */
@SpringBootApplication
@RestController
public class CustomEngineApplication {

	private volatile List<String> report = List.of();

	public static void main(String[] args) {
		SpringApplication.run(CustomEngineApplication.class, args);
	}

	// tag::decorator[]
	@Bean
	ApplicationRunner reporting(PubSub pubSub) {
		return (args) -> {
			Reporter reporter = new Reporter(pubSub);
			pubSub.defaultEngine(reporter);
			this.report = reporter.report();
			pubSub.subscribe("news", (channel, message) -> {
			}).close();
			pubSub.publish("news", "the reporter is in place");
		};
	}
	// end::decorator[]

	@GetMapping("/report")
	List<String> report() {
		return this.report;
	}

}
