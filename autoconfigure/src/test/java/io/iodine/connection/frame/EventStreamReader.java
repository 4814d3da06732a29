package io.iodine.connection.frame;

import java.util.ArrayList;
import java.util.List;

/** Reads an event stream as the HTML living standard, section 9.2.6, says. */
final class EventStreamReader {

	private final List<Event> events = new ArrayList<>();

	private final StringBuilder data = new StringBuilder();

	private String type = "";

	private String id = "";

	private String lastId = "";

	private EventStreamReader() {
	}

	static List<Event> read(String stream) {
		EventStreamReader reader = new EventStreamReader();
		String[] lines = stream.split("\r\n|\r|\n", -1);
		// what follows the last line end is no line yet
		for (int i = 0; i < lines.length - 1; i++) {
			reader.line(lines[i]);
		}
		return reader.events;
	}

	private void line(String line) {
		if (line.isEmpty()) {
			dispatch();
			return;
		}
		int colon = line.indexOf(':');
		String name = (colon < 0) ? line : line.substring(0, colon);
		String value = (colon < 0) ? "" : line.substring(colon + 1);
		value = value.startsWith(" ") ? value.substring(1) : value;
		switch (name) {
			case "event" -> this.type = value;
			case "data" -> this.data.append(value).append('\n');
			case "id" -> this.id = (value.indexOf('\0') < 0) ? value : this.id;
			default -> {
				// a comment, a time to wait, or nothing that is known
			}
		}
	}

	private void dispatch() {
		this.lastId = this.id;
		if (!this.data.isEmpty()) {
			this.data.setLength(this.data.length() - 1);
			this.events.add(new Event(this.type.isEmpty() ? "message" : this.type, this.data.toString(), this.lastId));
		}
		this.data.setLength(0);
		this.type = "";
	}

	/**
	 * What a page is told.
	 *
	 * @param type the name of the event
	 * @param data its text
	 * @param lastId the position
	 */
	record Event(String type, String data, String lastId) {

	}

}
