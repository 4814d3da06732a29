package io.iodine.samples.securechat;

import java.security.Principal;

import io.iodine.Connection;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;

/** What a browser may do besides following the room. */
@UpgradeHandler("/chat")
class Chat {

	private final Announcements announcements;

	Chat(Announcements announcements) {
		this.announcements = announcements;
	}

	@OnOpen
	void open(Connection client, Principal user) {
		client.join("room", user.getName());
	}

	@OnMessage("say")
	void say(Connection client, Principal user, String text) {
		client.publishJson("room", new Line(user.getName(), text));
	}

	@OnMessage("announce")
	void announce(String text) {
		this.announcements.announce(text);
	}

	/**
	 * A line of the room.
	 *
	 * @param from who says it
	 * @param text what is said
	 */
	record Line(String from, String text) {
	}

}
