package io.iodine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A whole message, text or binary. Immutable, and holds its content as bytes, so that
 * forwarding one decodes nothing.
 * <p>
 * The fields {@code id}, {@code event} and {@code retry} are those of server-sent events
 * (HTML living standard, section 9.2.6); other framings ignore them.
 */
public final class Message {

	private static final Duration LONGEST_RETRY = Duration.ofMillis(Long.MAX_VALUE);

	private final byte[] bytes;

	private final boolean text;

	private final boolean compressible;

	private final @Nullable EventFields fields;

	/** Grows only; each form is there once. */
	private volatile @Nullable Form forms;

	private Message(byte[] bytes, boolean text, boolean compressible, @Nullable EventFields fields) {
		this.bytes = Objects.requireNonNull(bytes, "the content of a message must not be null");
		this.text = text;
		this.compressible = compressible;
		this.fields = fields;
	}

	/**
	 * A text message.
	 * @param s the text; unpaired surrogates become {@code ?}
	 * @return the message
	 */
	public static Message text(String s) {
		return new Message(s.getBytes(StandardCharsets.UTF_8), true, true, null);
	}

	/**
	 * A text message from its encoded form.
	 * @param utf8 the text in UTF-8, which is not checked; taken over: don't change it
	 * @return the message
	 */
	public static Message text(byte[] utf8) {
		return new Message(utf8, true, true, null);
	}

	/**
	 * A binary message.
	 * @param b the content; taken over: don't change it
	 * @return the message
	 */
	public static Message binary(byte[] b) {
		return new Message(b, false, true, null);
	}

	/**
	 * Whether this is a text message.
	 * @return false when it is binary
	 */
	public boolean isText() {
		return this.text;
	}

	/**
	 * The content as text.
	 * @return the content decoded from UTF-8, malformed bytes replaced by U+FFFD
	 */
	public String asText() {
		return new String(this.bytes, StandardCharsets.UTF_8);
	}

	/**
	 * The content read as JSON, by the mapper of the application.
	 * @param <T> the type of the value
	 * @param type the class of the value, such as a record
	 * @return the value
	 * @throws IllegalArgumentException when the content is no JSON of that type
	 * @throws IllegalStateException when there is no Jackson
	 */
	public <T> T json(Class<T> type) {
		return JsonBinding.read(this.bytes, type);
	}

	/**
	 * The content as bytes.
	 * @return a copy
	 */
	public byte[] asBytes() {
		return this.bytes.clone();
	}

	/**
	 * The content as bytes, without a copy.
	 * @return a new read-only view
	 */
	public ByteBuffer asByteBuffer() {
		return ByteBuffer.wrap(this.bytes).asReadOnlyBuffer();
	}

	/**
	 * The length of the content.
	 * @return bytes
	 */
	public int size() {
		return this.bytes.length;
	}

	/**
	 * This message with an event id, which a returning SSE client sends back as
	 * {@code Last-Event-ID}.
	 * @param id the id; an empty one makes the client forget what it had
	 * @return a copy
	 * @throws IllegalArgumentException when it contains CR, LF or NUL
	 */
	public Message id(String id) {
		FieldSyntax.singleLine("an event id", id);
		return with(new EventFields(id, eventFields().event, eventFields().retry));
	}

	/**
	 * This message with an event name, under which {@code EventSource} dispatches it.
	 * @param name the name
	 * @return a copy
	 * @throws IllegalArgumentException when it contains CR, LF or NUL
	 */
	public Message event(String name) {
		FieldSyntax.singleLine("an event name", name);
		return with(new EventFields(eventFields().id, name, eventFields().retry));
	}

	/**
	 * This message with the time that an SSE client waits before it connects again.
	 * @param d the time, in whole milliseconds
	 * @return a copy
	 * @throws IllegalArgumentException when it is negative, or longer than
	 * {@link Long#MAX_VALUE} milliseconds
	 */
	public Message retry(Duration d) {
		if (d.isNegative()) {
			throw new IllegalArgumentException("the time before a retry must not be negative, but is " + d);
		}
		if (d.compareTo(LONGEST_RETRY) > 0) {
			throw new IllegalArgumentException(
					"the time before a retry has at most " + Long.MAX_VALUE + " milliseconds, but is " + d);
		}
		return with(new EventFields(eventFields().id, eventFields().event, d));
	}

	/**
	 * The event id; in a channel with history also the position of the message.
	 * @return the id
	 */
	public Optional<String> id() {
		return Optional.ofNullable(eventFields().id);
	}

	/**
	 * The event name.
	 * @return the name
	 */
	public Optional<String> event() {
		return Optional.ofNullable(eventFields().event);
	}

	/**
	 * The time that an SSE client waits before it connects again.
	 * @return the time
	 */
	public Optional<Duration> retry() {
		return Optional.ofNullable(eventFields().retry);
	}

	/**
	 * This message, to be sent as it is where others are compressed
	 * ({@code iodine.compression.enabled}). For content that would not get smaller, such
	 * as images; and for secrets: where an attacker can have words of his own sent in the
	 * same message, or on the same connection in dedicated mode, the compressed length
	 * tells him step by step what else is there (the attacks called CRIME and BREACH).
	 * Holds in this process; what an engine carries to others is compressed there again.
	 * @return a copy
	 */
	public Message uncompressed() {
		return new Message(this.bytes, this.text, false, this.fields);
	}

	/**
	 * Whether this message may be compressed on its way.
	 * @return false for one that was made by {@link #uncompressed()}
	 */
	public boolean mayBeCompressed() {
		return this.compressible;
	}

	/**
	 * What was made of this message, kept with it: what a thousand subscribers receive is
	 * parsed, or compressed, once. Any thread.
	 * @param <T> the type of the form
	 * @param type the class of the form, of which one is kept; a class of your own
	 * @param maker makes the form, while others who ask for it wait
	 * @return the form
	 */
	public <T> T form(Class<T> type, Function<? super Message, ? extends T> maker) {
		T made = find(type);
		return (made != null) ? made : make(type, maker);
	}

	/** Whether another message has the same kind, content and fields. */
	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof Message message && this.text == message.text
				&& Arrays.equals(this.bytes, message.bytes) && eventFields().equals(message.eventFields()));
	}

	@Override
	public int hashCode() {
		return 31 * Arrays.hashCode(this.bytes) + Boolean.hashCode(this.text);
	}

	@Override
	public String toString() {
		return (this.text ? "text" : "binary") + " message of " + this.bytes.length + " bytes";
	}

	private synchronized <T> T make(Class<T> type, Function<? super Message, ? extends T> maker) {
		T made = find(type);
		if (made == null) {
			made = Objects.requireNonNull(maker.apply(this), "the form of a message must not be null");
			this.forms = new Form(made, this.forms);
		}
		return made;
	}

	private <T> @Nullable T find(Class<T> type) {
		for (Form form = this.forms; form != null; form = form.next) {
			if (type.isInstance(form.value)) {
				return type.cast(form.value);
			}
		}
		return null;
	}

	private Message with(EventFields fields) {
		return new Message(this.bytes, this.text, this.compressible, fields);
	}

	private EventFields eventFields() {
		return (this.fields != null) ? this.fields : EventFields.NONE;
	}

	private record Form(Object value, @Nullable Form next) {

	}

	private record EventFields(@Nullable String id, @Nullable String event, @Nullable Duration retry) {

		private static final EventFields NONE = new EventFields(null, null, null);

	}

}
