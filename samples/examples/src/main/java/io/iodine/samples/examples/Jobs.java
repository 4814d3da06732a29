package io.iodine.samples.examples;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.PubSub;
import io.iodine.task.Timers;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers at once and works afterwards, on a callback thread. Clients of
 * {@link Subprotocols} get the result.
 */
@RestController
class Jobs {

	private final Timers timers;

	private final PubSub pubSub;

	private final AtomicInteger done = new AtomicInteger();

	Jobs(Timers timers, PubSub pubSub) {
		this.timers = timers;
		this.pubSub = pubSub;
	}

	@PostMapping("/jobs")
	@ResponseStatus(HttpStatus.ACCEPTED)
	String start() {
		this.timers.runAfter(Duration.ofMillis(100), this::work);
		return "accepted\n";
	}

	@GetMapping("/jobs")
	String count() {
		return this.done + " done\n";
	}

	private void work() {
		this.pubSub.publish("jobs", "job " + this.done.incrementAndGet() + " is done");
	}

}
