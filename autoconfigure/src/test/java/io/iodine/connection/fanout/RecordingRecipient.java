package io.iodine.connection.fanout;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.connection.frame.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** A connection that records what is written to it. */
final class RecordingRecipient implements Recipient, FrameWriter {

	private final QueuedLoop loop;

	private final Framing framing;

	/** The bytes of each write, as text. */
	final List<String> written = new ArrayList<>();

	/** What it failed with. */
	final List<Throwable> failures = new ArrayList<>();

	/** The buffers it was given. */
	final List<ByteBuf> buffers = new ArrayList<>();

	/** The content of each shared write, in bytes. */
	final List<Integer> sizes = new ArrayList<>();

	/** Thrown instead of writing. */
	@Nullable Error broken;

	/** Thrown instead of telling the framing. */
	@Nullable Error brokenFraming;

	/** Ends its subscriptions, as the close of a connection does. */
	Runnable whenFailed = () -> {
	};

	/** The lists of messages of each shared write. */
	final List<List<Message>> bursts = new ArrayList<>();

	/** Messages that its socket has not taken. */
	int pending;

	/** What its client has seen last; empty for nothing. */
	String lastEventId = "";

	/** Calls of listeners that wait to be run; null when they run at once. */
	@Nullable Queue<Runnable> calls;

	RecordingRecipient(QueuedLoop loop, Framing framing) {
		this.loop = loop;
		this.framing = framing;
	}

	@Override
	public boolean isOpen() {
		return this.failures.isEmpty();
	}

	@Override
	public int pending() {
		return this.pending;
	}

	@Override
	public Framing framing() {
		if (this.brokenFraming != null) {
			throw this.brokenFraming;
		}
		return this.framing;
	}

	@Override
	public ByteBufAllocator allocator() {
		return ByteBufAllocator.DEFAULT;
	}

	@Override
	public FanoutEventLoop eventLoop() {
		return this.loop;
	}

	@Override
	public Optional<String> lastEventId() {
		return this.lastEventId.isEmpty() ? Optional.empty() : Optional.of(this.lastEventId);
	}

	@Override
	public void write(Message message, @Nullable String channel) {
		breakIfBroken();
		String id = message.id().map((value) -> "#" + value).orElse("");
		this.written.add(message.event().map((event) -> event + " ").orElse("")
				+ (message.isText() ? message.asText() : "") + (this.framing.hasEventIds() ? id : ""));
	}

	@Override
	public void write(List<String> channels, List<Message> messages) {
		messages.forEach((message) -> write(message, null));
	}

	@Override
	public FrameWriter frames() {
		return this;
	}

	@Override
	public void write(ByteBuf frames, List<String> channels, List<Message> messages, int bytes, boolean flush) {
		breakIfBroken();
		this.buffers.add(frames);
		this.bursts.add(messages);
		this.sizes.add(bytes);
		this.written.add(frames.toString(StandardCharsets.UTF_8));
	}

	@Override
	public void failed(Throwable failure) {
		this.failures.add(failure);
		this.whenFailed.run();
	}

	@Override
	public void call(MessageListener listener, String channel, Message message, BooleanSupplier wanted) {
		breakIfBroken();
		if (this.calls != null) {
			this.calls.add(() -> call(listener, channel, message, wanted, false));
		}
		else {
			call(listener, channel, message, wanted, true);
		}
	}

	/** Runs the calls that wait. */
	void runCalls() {
		Queue<Runnable> waiting = Objects.requireNonNull(this.calls);
		for (Runnable next; (next = waiting.poll()) != null;) {
			next.run();
		}
	}

	private static void call(MessageListener listener, String channel, Message message, BooleanSupplier wanted,
			boolean always) {
		try {
			if (always || wanted.getAsBoolean()) {
				listener.onMessage(channel, message);
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void breakIfBroken() {
		if (this.broken != null) {
			throw this.broken;
		}
	}

}
