package io.iodine.samples.chat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.UpgradeHandler;
import org.jspecify.annotations.Nullable;

/**
 * The room. A WebSocket joins it under the name it asks for with {@code ?name=}; an event
 * stream follows unseen.
 */
@UpgradeHandler("/chat")
class Chat implements ConnectionHandler {

	private static final int LONGEST_NAME = 24;

	/** Who is here, by connection id: in this process; the messages go further. */
	private final Map<String, Person> people = new ConcurrentHashMap<>();

	@Override
	public void onOpen(Connection client) {
		// subscribed before the list is taken, so that nobody leaves unnoticed
		client.subscribe("chat");
		if (client.protocol() == Protocol.WEBSOCKET) {
			this.people.put(client.id(), new Person(client.id(), nameOf(client)));
		}
		client.writeJson(new Welcome("welcome", client.id(), List.copyOf(this.people.values())));
		tell(client, "joined", this.people.get(client.id()), "");
	}

	@Override
	public void onMessage(Connection client, Message message) {
		tell(client, "said", this.people.get(client.id()), message.asText());
	}

	@Override
	public void onClose(Connection client) {
		tell(client, "left", this.people.remove(client.id()), "");
	}

	private static void tell(Connection client, String what, @Nullable Person who, String text) {
		if (who != null) {
			client.publishJson("chat", new Event(what, who, text));
		}
	}

	private static String nameOf(Connection client) {
		return client.request()
			.flatMap((request) -> request.queryParam("name"))
			.filter((name) -> !name.isBlank())
			.map((name) -> name.strip().codePoints().limit(LONGEST_NAME))
			.map((codePoints) -> codePoints
				.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
				.toString())
			.orElse("Guest");
	}

	/** Someone in the room. */
	record Person(String id, String name) {
	}

	/** What a newcomer is told: its own id and who is here. */
	record Welcome(String what, String you, List<Person> people) {
	}

	/** What everybody is told: someone joined, said something, or left. */
	record Event(String what, Person who, String text) {
	}

}
