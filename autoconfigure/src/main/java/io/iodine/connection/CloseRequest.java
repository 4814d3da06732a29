package io.iodine.connection;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import io.iodine.Message;

/**
 * A request between processes to close the connections of a user. It is encoded as four
 * URL-encoded words separated by blanks.
 *
 * @param process the requesting process
 * @param principal the name of the user
 * @param code the close code
 * @param reason the reason
 */
record CloseRequest(String process, String principal, int code, String reason) {

	Message toMessage() {
		return Message.text(String.join(" ", encoded(this.process), encoded(this.principal),
				Integer.toString(this.code), encoded(this.reason)));
	}

	static Optional<CloseRequest> of(Message message) {
		String[] words = message.asText().split(" ", -1);
		if (words.length != 4 || !words[2].matches("[0-9]{4}")) {
			return Optional.empty();
		}
		try {
			return Optional.of(new CloseRequest(decoded(words[0]), decoded(words[1]), Integer.parseInt(words[2]),
					decoded(words[3])));
		}
		catch (IllegalArgumentException ex) {
			// sent by another version or another application
			return Optional.empty();
		}
	}

	private static String encoded(String word) {
		return URLEncoder.encode(word, StandardCharsets.UTF_8);
	}

	private static String decoded(String word) {
		return URLDecoder.decode(word, StandardCharsets.UTF_8);
	}

}
