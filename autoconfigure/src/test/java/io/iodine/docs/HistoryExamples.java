package io.iodine.docs;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Since;
import io.iodine.UpgradeHandler;

/** The code of {@code docs/history.md}. */
final class HistoryExamples {

	private HistoryExamples() {
	}

	// tag::since[]
	@UpgradeHandler("/feed")
	static class Feed implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			String known = client.request().flatMap((request) -> request.queryParam("since")).orElse(null);
			Since since = (known != null) ? Since.id(known) : Since.last(20);
			client.subscribe("feed", since.onOutcome((outcome) -> client.writeJson(outcome)));
		}

	}
	// end::since[]

}
