package io.iodine.samples.securechat;

import io.iodine.PubSub;

import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;

/** What only moderators may do. */
@Service
public class Announcements {

	private final PubSub pubSub;

	Announcements(PubSub pubSub) {
		this.pubSub = pubSub;
	}

	/**
	 * Tells everybody in the room.
	 * @param text what
	 */
	@PreAuthorize("hasRole('MODERATOR')")
	public void announce(String text) {
		this.pubSub.publishJson("room", new Chat.Line("the moderator", text));
	}

}
