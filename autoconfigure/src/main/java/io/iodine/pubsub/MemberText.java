package io.iodine.pubsub;

import java.util.Optional;

import io.iodine.Message;
import io.iodine.PresenceMember;

/**
 * Writes a member as one text: the length of its name in a first line, the name, the
 * data.
 */
public final class MemberText {

	private MemberText() {
	}

	/**
	 * Writes a member.
	 * @param member the member
	 * @return the text
	 */
	public static String write(PresenceMember member) {
		return member.name().length() + "\n" + member.name() + member.data().map(Message::asText).orElse("");
	}

	/**
	 * Reads a member.
	 * @param text what {@link #write} wrote
	 * @return the member
	 * @throws RuntimeException when another wrote it
	 */
	public static PresenceMember read(String text) {
		int line = text.indexOf('\n');
		int end = line + 1 + Integer.parseInt(text, 0, line, 10);
		String data = text.substring(end);
		return new PresenceMember(text.substring(line + 1, end),
				data.isEmpty() ? Optional.empty() : Optional.of(Message.text(data)));
	}

}
