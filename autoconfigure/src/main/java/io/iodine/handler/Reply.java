package io.iodine.handler;

import java.util.LinkedHashMap;
import java.util.Map;

import io.iodine.Connection;
import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * Where the result of one call is written: as it is, or in an envelope.
 *
 * @param client the connection
 * @param codec writes JSON
 * @param event the event that the call handles; null when there is no envelope
 * @param id asks for an acknowledgement; null when none is wanted
 */
record Reply(Connection client, JsonCodec codec, @Nullable String event, @Nullable Object id) {

	/** Writes a value; an event without an id gets it as an event of the same name. */
	boolean item(Object value) {
		if (value instanceof Message message) {
			return this.client.write(message);
		}
		if (this.event == null) {
			return writeRaw(value);
		}
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("event", this.event);
		fields.put("data", value);
		return write(fields);
	}

	/** Acknowledges, or writes the value when no acknowledgement is wanted. */
	void success(@Nullable Object value) {
		if (this.id != null) {
			Map<String, @Nullable Object> fields = new LinkedHashMap<>();
			fields.put("id", this.id);
			fields.put("data", (value instanceof Message message) ? this.codec.embed(message.asBytes()) : value);
			write(fields);
		}
		else if (value != null) {
			item(value);
		}
	}

	void failure(ErrorReply error) {
		Map<String, Object> fields = new LinkedHashMap<>();
		if (this.id != null) {
			fields.put("id", this.id);
		}
		fields.put("error", error.fields());
		write(fields);
	}

	private boolean writeRaw(Object value) {
		if (value instanceof CharSequence text) {
			return this.client.write(text.toString());
		}
		return (value instanceof byte[] bytes) ? this.client.write(bytes) : write(value);
	}

	private boolean write(Object value) {
		return this.client.write(Message.text(this.codec.write(value)));
	}

}
