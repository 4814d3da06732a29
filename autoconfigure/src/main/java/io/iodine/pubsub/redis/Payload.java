package io.iodine.pubsub.redis;

import io.iodine.Message;

/**
 * Makes messages of bytes: Redis does not carry the kind, so what is text by its form is
 * text.
 */
final class Payload {

	private Payload() {
	}

	static Message message(byte[] payload) {
		return Utf8.isValid(payload) ? Message.text(payload) : Message.binary(payload);
	}

}
