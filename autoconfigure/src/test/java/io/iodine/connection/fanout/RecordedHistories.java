package io.iodine.connection.fanout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.iodine.Message;
import io.iodine.MessageListener;
import org.jspecify.annotations.Nullable;

/**
 * Channels with histories, whose messages are numbers from 1. Their ids are the name of
 * the channel and the number. Answers can be held back.
 */
final class RecordedHistories implements FanoutSource {

	private final Map<String, MessageListener> listeners = new HashMap<>();

	private final Map<String, History> histories = new HashMap<>();

	/** Channels without a history. */
	final Set<String> without = new HashSet<>();

	/** Reads that are answered when the test says so; null when they are at once. */
	@Nullable Queue<Runnable> held;

	/** Whether reads fail. */
	boolean failing;

	/** Whether comparing and parsing ids fails. */
	boolean broken;

	/** An id that can't be compared; null for none. */
	@Nullable String unreadable;

	/** What was read, in order. */
	final List<String> reads = new ArrayList<>();

	@Override
	public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
		this.listeners.put(channel, listener);
		return () -> this.listeners.remove(channel);
	}

	@Override
	public void notifyEngines() {
		// no engine is attached
	}

	@Override
	public @Nullable HistoryView history(String channel) {
		return this.without.contains(channel) ? null : of(channel);
	}

	History of(String channel) {
		return this.histories.computeIfAbsent(channel, History::new);
	}

	/** Adds the next messages to the history, and publishes them. */
	void publish(String channel, int count) {
		for (int i = 0; i < count; i++) {
			History history = of(channel);
			history.newest++;
			deliver(channel, history.newest);
		}
	}

	/** Adds the next messages to the history only, as if they were lost on the way. */
	void lose(String channel, int count) {
		of(channel).newest += count;
	}

	/** Publishes a message of the history. */
	void deliver(String channel, int number) {
		deliver(channel, Message.text(Integer.toString(number)).id(channel + ":" + number));
	}

	void deliver(String channel, Message message) {
		deliver(channel, channel, message);
	}

	/** Publishes a message of a channel to what subscribed by a name. */
	void deliver(String name, String channel, Message message) {
		MessageListener listener = this.listeners.get(name);
		if (listener != null) {
			try {
				listener.onMessage(channel, message);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	/** Answers the reads that were held back, and holds back further ones. */
	void answer() {
		Queue<Runnable> waiting = Objects.requireNonNull(this.held);
		for (int left = waiting.size(); left > 0; left--) {
			waiting.remove().run();
		}
	}

	private static int number(String id) {
		return Integer.parseInt(id, id.indexOf(':') + 1, id.length(), 10);
	}

	/** The history of one channel. */
	final class History implements HistoryView {

		private final String channel;

		/** The number of the newest message. */
		int newest;

		/** The number of the oldest message that is kept. */
		int oldest = 1;

		History(String channel) {
			this.channel = channel;
		}

		private boolean isOwn(String id) {
			if (RecordedHistories.this.broken || id.equals(RecordedHistories.this.unreadable)) {
				throw new IllegalStateException("expected by this test");
			}
			return id.startsWith(this.channel + ":");
		}

		@Override
		public Owner ownerOf(String id) {
			return isOwn(id) ? Owner.THIS : id.contains(":") ? Owner.OTHER : Owner.NONE;
		}

		@Override
		public CompletionStage<Events> since(@Nullable String id, int max) {
			return answer("since " + id, () -> {
				int from = (id != null && isOwn(id)) ? number(id) + 1 : Integer.MIN_VALUE;
				if (from < this.oldest) {
					return new Events(false, List.of(), id(this.newest));
				}
				return new Events(true, messages(from, Math.min(this.newest, from + max - 1)), id(this.newest));
			});
		}

		@Override
		public CompletionStage<Events> last(int count) {
			return answer("last " + count, () -> new Events(true,
					messages(Math.max(this.oldest, this.newest - count + 1), this.newest), id(this.newest)));
		}

		private CompletionStage<Events> answer(String what, Supplier<Events> events) {
			RecordedHistories.this.reads.add(what);
			CompletableFuture<Events> answer = new CompletableFuture<>();
			Runnable answering = () -> {
				if (RecordedHistories.this.failing) {
					answer.completeExceptionally(new IllegalStateException("expected by this test"));
				}
				else {
					answer.complete(events.get());
				}
			};
			Queue<Runnable> waiting = RecordedHistories.this.held;
			if (waiting != null) {
				waiting.add(answering);
			}
			else {
				answering.run();
			}
			return answer;
		}

		private List<Message> messages(int first, int last) {
			List<Message> messages = new ArrayList<>();
			for (int number = first; number <= last; number++) {
				messages.add(Message.text(Integer.toString(number)).id(id(number)));
			}
			return messages;
		}

		private String id(int number) {
			return this.channel + ":" + number;
		}

		@Override
		public String before(String id) {
			return id(number(id) - 1);
		}

		@Override
		public int distance(String previous, String newestId) {
			return number(newestId) - number(previous);
		}

		@Override
		public boolean covers(String newestId, String id) {
			return isOwn(newestId) && isOwn(id) && number(id) <= number(newestId);
		}

		@Override
		public boolean follows(String previous, String id) {
			return isOwn(previous) && isOwn(id) && number(id) == number(previous) + 1;
		}

	}

	/** Holds answers back. */
	void hold() {
		this.held = new ArrayDeque<>();
	}

}
