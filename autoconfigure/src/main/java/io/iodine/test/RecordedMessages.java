package io.iodine.test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.iodine.Message;

/** The messages that a test connection published, by channel and in order. */
final class RecordedMessages {

	private final Map<String, List<Message>> messages = new LinkedHashMap<>();

	void add(String channel, Message message) {
		this.messages.computeIfAbsent(channel, (first) -> new ArrayList<>()).add(message);
	}

	List<Message> of(String channel) {
		return List.copyOf(this.messages.getOrDefault(channel, List.of()));
	}

}
