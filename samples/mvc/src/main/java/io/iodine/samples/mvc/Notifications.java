package io.iodine.samples.mvc;

import java.security.Principal;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.UpgradeHandler;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Notifications: posted to a controller, followed by event streams that resume. */
class Notifications {

	private static final String CHANNEL = "notifications";

	private Notifications() {
	}

	/** {@code POST /notifications?text=}: notifies all who follow. */
	@RestController
	static class Desk {

		private final PubSub pubSub;

		Desk(PubSub pubSub) {
			this.pubSub = pubSub;
		}

		@PostMapping("/notifications")
		@ResponseStatus(HttpStatus.ACCEPTED)
		void post(@RequestParam String text, Principal author) {
			this.pubSub.publish(CHANNEL, text + " (" + author.getName() + ")");
		}

	}

	/** {@code GET /notifications}: an event stream, which resumes where it was cut. */
	@UpgradeHandler(value = "/notifications", protocols = Protocol.SSE)
	static class Stream implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe(CHANNEL);
			// what is sent from now on reaches this page
			client.write("Following");
		}

	}

}
