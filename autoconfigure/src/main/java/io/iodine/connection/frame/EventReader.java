package io.iodine.connection.frame;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a server (HTML living standard, section 9.2.6). The id of an event
 * is that of the last one which had any.
 */
final class EventReader implements FrameReader {

	private static final String BYTE_ORDER_MARK = "\uFEFF";

	private static final int MAX_RETRY_DIGITS = 9;

	/** Memory of an event that is kept for the next. */
	private static final int MAX_KEPT = 1024;

	private final FrameListener listener;

	private final int maxMessageSize;

	private ByteArrayOutputStream line = new ByteArrayOutputStream();

	private StringBuilder data = new StringBuilder();

	private @Nullable String name;

	private @Nullable String lastId;

	private @Nullable Duration retry;

	private boolean first = true;

	private boolean afterCr;

	private boolean finished;

	EventReader(FrameListener listener, int maxMessageSize) {
		this.listener = listener;
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	public void read(ByteBuf bytes) {
		while (bytes.isReadable() && !this.finished) {
			byte next = bytes.readByte();
			boolean ends = next == '\r' || (next == '\n' && !this.afterCr);
			this.afterCr = next == '\r';
			if (ends) {
				if (endLine() && !this.listener.wantsMore()) {
					return;
				}
			}
			else if (next != '\n') {
				add(next);
			}
		}
		if (this.finished) {
			bytes.skipBytes(bytes.readableBytes());
		}
	}

	private void add(byte next) {
		if (this.line.size() + this.data.length() >= this.maxMessageSize + 16L) {
			this.finished = true;
			this.line.reset();
			this.listener.violated(CloseCode.TOO_BIG, "an event is longer than " + this.maxMessageSize + " bytes");
			return;
		}
		this.line.write(next);
	}

	/** Takes a line, and tells whether it was the end of an event. */
	private boolean endLine() {
		String text = this.line.toString(StandardCharsets.UTF_8);
		if (this.line.size() > MAX_KEPT) {
			this.line = new ByteArrayOutputStream();
		}
		this.line.reset();
		if (this.first) {
			this.first = false;
			text = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
		}
		if (text.isEmpty()) {
			return dispatch();
		}
		int colon = text.indexOf(':');
		if (colon != 0) {
			String value = (colon < 0) ? "" : text.substring(colon + 1);
			field((colon < 0) ? text : text.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
		}
		return false;
	}

	private void field(String field, String value) {
		switch (field) {
			case "data" -> this.data.append(value).append('\n');
			case "event" -> this.name = (value.indexOf(0) < 0) ? value : null;
			case "id" -> this.lastId = (value.indexOf(0) < 0) ? value : this.lastId;
			case "retry" -> this.retry = value.matches("\\d{1," + MAX_RETRY_DIGITS + "}")
					? Duration.ofMillis(Long.parseLong(value)) : this.retry;
			default -> {
				// the standard has other fields ignored
			}
		}
	}

	private boolean dispatch() {
		boolean any = !this.data.isEmpty();
		if (any) {
			Message message = Message.text(this.data.substring(0, this.data.length() - 1));
			message = (this.name != null && !this.name.isEmpty()) ? message.event(this.name) : message;
			message = (this.lastId != null) ? message.id(this.lastId) : message;
			message = (this.retry != null) ? message.retry(this.retry) : message;
			this.retry = null;
			this.listener.received(message);
		}
		if (this.data.capacity() > MAX_KEPT) {
			this.data = new StringBuilder();
		}
		this.data.setLength(0);
		this.name = null;
		return any;
	}

}
