package io.iodine.test;

import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/** What a test client has received and not yet expected. */
final class ReceivedEvents implements WebSocket.Listener {

	private final BlockingQueue<Event> waiting = new LinkedBlockingQueue<>();

	/** Belong to the client's thread. */
	private final StringBuilder text = new StringBuilder();

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	Event next(Duration timeout) {
		try {
			Event event = this.waiting.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
			if (event == null) {
				throw new AssertionError("nothing came within " + timeout.toMillis() + " ms");
			}
			return event;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted", ex);
		}
	}

	@Override
	public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
		this.text.append(data);
		if (last) {
			this.waiting.add(new Event(Message.text(this.text.toString()), 0, ""));
			this.text.setLength(0);
		}
		socket.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
		byte[] part = new byte[data.remaining()];
		data.get(part);
		this.bytes.writeBytes(part);
		if (last) {
			this.waiting.add(new Event(Message.binary(this.bytes.toByteArray()), 0, ""));
			this.bytes.reset();
		}
		socket.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
		this.waiting.add(new Event(null, code, reason));
		return null;
	}

	@Override
	public void onError(WebSocket socket, Throwable error) {
		this.waiting.add(new Event(null, 1006, String.valueOf(error.getMessage())));
	}

	@Override
	public String toString() {
		return this.waiting.toString();
	}

	/**
	 * A message, or the end.
	 *
	 * @param message the message; null at the end
	 * @param closeCode the close code at the end, 1006 without a close frame; 0 before
	 * @param reason the close reason
	 */
	record Event(@Nullable Message message, int closeCode, String reason) {

		@Override
		public String toString() {
			return (this.message != null) ? "the " + this.message + " <" + this.message.asText() + "> came"
					: "the connection closed with " + this.closeCode + " '" + this.reason + "'";
		}

	}

}
