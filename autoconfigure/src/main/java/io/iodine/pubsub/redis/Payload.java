package io.iodine.pubsub.redis;

import io.iodine.Message;

/**
 * Decodes messages. Redis does not carry the kind of a message, so valid UTF-8 becomes
 * text.
 */
final class Payload {

	private Payload() {
	}

	static Message message(byte[] payload) {
		return Utf8.isValid(payload) ? Message.text(payload) : Message.binary(payload);
	}

}
