package io.iodine.connection;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.PresenceListener;
import io.iodine.PresenceMember;

/**
 * Writes the members of a channel to a connection as they join and leave.
 *
 * @param client the connection
 * @param json writes a value as JSON
 */
record PresenceWriter(Connection client, Function<Object, byte[]> json) implements PresenceListener {

	private static final String EVENT = "iodine.presence";

	/** Fails without Jackson, before anything is followed. */
	PresenceWriter {
		Objects.requireNonNull(json.apply(EVENT));
	}

	@Override
	public void onPresence(String channel, String member, boolean present) {
		onMember(channel, new PresenceMember(member, Optional.empty()), present);
	}

	@Override
	public void onMember(String channel, PresenceMember member, boolean present) {
		Map<String, Object> fields = new LinkedHashMap<>(2);
		fields.put("name", member.name());
		if (present) {
			member.data().ifPresent((data) -> fields.put("data", data.json(Object.class)));
		}
		Map<String, Object> event = new LinkedHashMap<>(4);
		event.put("event", EVENT);
		event.put("channel", channel);
		event.put("data", Map.of(present ? "joined" : "left", fields));
		this.client.write(Message.text(this.json.apply(event)).event(EVENT));
	}

}
