package io.iodine.samples.chat;

import java.util.List;
import java.util.Set;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.UpgradeHandler;

/**
 * The room. A WebSocket joins it under the name it asks for with {@code ?name=}; an event
 * stream follows unseen.
 */
@UpgradeHandler("/chat")
class Chat implements ConnectionHandler {

	private static final int LONGEST_NAME = 24;

	private final PubSub pubSub;

	Chat(PubSub pubSub) {
		this.pubSub = pubSub;
	}

	@Override
	public void onOpen(Connection client) {
		// subscribed before the list is taken, so that each later leave is noticed
		client.subscribe("chat");
		if (client.protocol() == Protocol.WEBSOCKET) {
			Person person = new Person(client.id(), nameOf(client));
			client.attributes().put("person", person);
			client.join("chat", person.id() + " " + person.name());
		}
		this.pubSub.presence("chat")
			.members()
			.exceptionally((failure) -> Set.of())
			.thenAccept((members) -> client.defer(() -> welcome(client, members)));
	}

	@Override
	public void onMessage(Connection client, Message message) {
		tell(client, "said", message.asText());
	}

	@Override
	public void onClose(Connection client) {
		tell(client, "left", "");
	}

	private static void welcome(Connection client, Set<String> members) {
		client.writeJson(new Welcome("welcome", client.id(), members.stream().map(Person::of).toList()));
		tell(client, "joined", "");
	}

	private static void tell(Connection client, String what, String text) {
		if (client.attributes().get("person") instanceof Person who) {
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

		static Person of(String member) {
			int space = member.indexOf(' ');
			return new Person(member.substring(0, space), member.substring(space + 1));
		}

	}

	/** What a newcomer is told: its own id and who is here. */
	record Welcome(String what, String you, List<Person> people) {
	}

	/** What everybody is told: someone joined, said something, or left. */
	record Event(String what, Person who, String text) {
	}

}
