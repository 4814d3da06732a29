package io.iodine.connection.fanout;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * One event stream on one channel with history. While it catches up it stands apart: it
 * gets the history page by page, and what is published waits, is left out as far as it
 * was in there, and is read when too much of it waited. Belongs to the event loop.
 */
final class CatchUpSubscription {

	private final ConnectionSubscription subscriber;

	private final EventIds ids;

	private final CatchUpSubscriptions channel;

	private State state = State.NEW;

	/** The message written last, unless it goes with the others. */
	private @Nullable String position;

	/** The newest of what was published while it reads; made when needed. */
	private @Nullable Deque<Held> held;

	/** Where a gap was found that the history didn't close. */
	private @Nullable String gapAfter;

	/** Counts readings, of which only the last matters. */
	private int readings;

	CatchUpSubscription(ConnectionSubscription subscriber, EventIds ids, CatchUpSubscriptions channel) {
		this.subscriber = subscriber;
		this.ids = ids;
		this.channel = channel;
	}

	ConnectionSubscription subscriber() {
		return this.subscriber;
	}

	HistoryView past() {
		return this.channel.past();
	}

	/** The id of the message written last; null when there is none as yet. */
	@Nullable String position() {
		return isShared() ? this.channel.last() : this.position;
	}

	/** Whether it is written to together with others. */
	boolean isShared() {
		return isLive() && this.ids.areShared();
	}

	boolean isLive() {
		return this.state == State.LIVE;
	}

	/** Subscribes: goes on after what the peer saw last, or begins with what comes. */
	void begin() {
		EventIds.Start start = this.ids.add(this);
		if (start.resumes()) {
			this.position = start.id();
			this.state = State.READING;
			this.channel.settle(this);
			read();
			return;
		}
		live(this.channel.last());
		if (this.position != null) {
			this.ids.announce();
		}
		else {
			read();
		}
	}

	/** Unsubscribed. */
	void end() {
		this.state = State.ENDED;
		this.held = null;
		this.ids.remove(this);
	}

	/** Whether its ids are others' too has changed. */
	void restyled() {
		if (isLive()) {
			this.position = this.channel.last();
			this.channel.settle(this);
		}
	}

	/**
	 * Messages were lost on the way here: is to catch up.
	 * @param last the message before them
	 * @return gets what was read
	 */
	Consumer<HistoryView.@Nullable Events> interrupt(String last) {
		this.position = last;
		this.state = State.READING;
		return reader();
	}

	/** Nothing waits for the socket any more. */
	void drained() {
		if (this.state == State.PACING) {
			this.state = State.READING;
			read();
		}
	}

	/** Hears a message while it stands apart. */
	void take(String name, Message message) {
		switch (this.state) {
			case READING, PACING -> hold(name, message);
			case CAUGHT_UP -> takeNext(name, message);
			case LIVE -> write(name, message);
			default -> {
				// it has just come, or gone
			}
		}
	}

	private void takeNext(String name, Message message) {
		String id = this.channel.positionOf(message);
		String known = Objects.requireNonNull(this.position);
		if (id == null) {
			write(name, message);
		}
		else if (past().follows(known, id) || known.equals(this.gapAfter)) {
			write(name, message);
			live(id);
		}
		else if (!past().covers(known, id)) {
			this.gapAfter = known;
			this.state = State.READING;
			hold(name, message);
			read();
		}
	}

	private void read() {
		this.channel.read(this.position, List.of(reader()));
	}

	private Consumer<HistoryView.@Nullable Events> reader() {
		int reading = ++this.readings;
		return (events) -> {
			try {
				if (reading == this.readings && isLive()) {
					begun(events);
				}
				else if (reading == this.readings && this.state == State.READING) {
					goOn(events);
				}
			}
			catch (Throwable ex) {
				this.subscriber.recipient().failed(ex);
			}
		};
	}

	/** It began with what comes, and now knows where that was. */
	private void begun(HistoryView.@Nullable Events events) {
		if (events != null && this.channel.last() == null) {
			this.channel.beginsAt(events.newest());
		}
		if (this.position == null) {
			this.position = (this.channel.last() != null) ? this.channel.last() : EventIds.UNKNOWN;
		}
		this.ids.announce();
	}

	/** The history was read; null: it can't be. */
	private void goOn(HistoryView.@Nullable Events events) {
		if (events == null) {
			this.position = EventIds.UNKNOWN;
			this.ids.reset();
			live(EventIds.UNKNOWN);
		}
		else if (!events.complete()) {
			this.position = events.newest();
			this.ids.reset();
			this.state = State.CAUGHT_UP;
		}
		else {
			writePage(events.messages());
			this.state = events.newest().equals(this.position) ? State.CAUGHT_UP : State.PACING;
		}
		if (this.state != State.PACING) {
			takeHeld();
		}
		else if (this.subscriber.recipient().pending() == 0) {
			drained();
		}
	}

	/** Writes so much that the outbox has room for as much again. */
	private void writePage(List<Message> messages) {
		FanoutSettings settings = this.channel.settings();
		int count = 0;
		long bytes = 0;
		for (Message message : messages) {
			bytes += message.size();
			if (count++ > 0 && (count > settings.pageMessages() || bytes > settings.pageBytes())) {
				return;
			}
			write(this.channel.name(), message);
		}
	}

	private void takeHeld() {
		Deque<Held> waiting = this.held;
		this.held = null;
		if (waiting != null) {
			waiting.forEach((next) -> take(next.name, next.message));
		}
		if (this.state == State.CAUGHT_UP && Objects.equals(this.position, this.channel.last())) {
			live(this.position);
		}
	}

	private void live(@Nullable String position) {
		this.position = position;
		this.gapAfter = null;
		this.state = State.LIVE;
		this.channel.settle(this);
	}

	private void write(String name, Message message) {
		String id = this.channel.positionOf(message);
		if (id != null) {
			this.position = id;
		}
		if (this.subscriber.isHearing()) {
			this.ids.write(name, message);
		}
	}

	private void hold(String name, Message message) {
		if (this.held == null) {
			this.held = new ArrayDeque<>();
		}
		if (this.held.size() >= this.channel.settings().maxHeld()) {
			this.held.removeFirst();
		}
		this.held.addLast(new Held(name, message));
	}

	private record Held(String name, Message message) {

	}

	/** How far it is. */
	private enum State {

		/** Has not begun. */
		NEW,

		/** Waits for the history. */
		READING,

		/** Waits for the socket, to read on. */
		PACING,

		/** Has seen the history, of which more may be on its way. */
		CAUGHT_UP,

		/** Hears what everybody hears. */
		LIVE,

		/** Is gone. */
		ENDED

	}

}
