package io.iodine.connection.fanout;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import io.iodine.Message;
import io.iodine.Recovery.Outcome;
import io.iodine.Since;
import org.jspecify.annotations.Nullable;

/**
 * One subscription that resumes on a channel with history. While it catches up, it is
 * written to separately: it gets the history page by page; messages published meanwhile
 * wait, are skipped when the history contained them, and are read from the history when
 * too many waited. Belongs to the event loop.
 */
final class CatchUpSubscription {

	/** Maximum number of messages queued for a listener at a time. */
	private static final int LISTENER_PAGE = 16;

	private static final Outcome NOT_RECOVERED = new Outcome(false, 0);

	private static final Message NOTHING = Message.text("");

	private final ConnectionSubscription subscriber;

	private final CatchUpWriter ids;

	/** Where it begins, and what is called first; null for an event stream alone. */
	private final @Nullable Since since;

	private final CatchUpSubscriptions channel;

	private State state = State.NEW;

	/** The message written last, unless the stream is caught up. */
	private @Nullable String position;

	/** The newest messages published during a read; created on first use. */
	private @Nullable Deque<Held> held;

	/** Position of a gap that the history did not close. */
	private @Nullable String gapAfter;

	/** Whether the outcome was reported. */
	private boolean told;

	/** Whether messages may have been dropped since the history was asked. */
	private boolean stale;

	/** Counts reads, of which only the last one counts. */
	private int readings;

	CatchUpSubscription(ConnectionSubscription subscriber, CatchUpWriter ids, CatchUpSubscriptions channel,
			@Nullable Since since) {
		this.subscriber = subscriber;
		this.ids = ids;
		this.channel = channel;
		this.since = since;
	}

	ConnectionSubscription subscriber() {
		return this.subscriber;
	}

	HistoryView history() {
		return this.channel.history();
	}

	/** The id of the message written last; null for none. */
	@Nullable String position() {
		return isShared() ? this.channel.last() : this.position;
	}

	/** Whether it is caught up and written to together with others. */
	boolean isShared() {
		return isLive() && this.ids.areShared();
	}

	boolean isLive() {
		return this.state == State.LIVE;
	}

	/** Subscribes: resumes after the last message the peer saw, or begins now. */
	void begin() {
		EventIds.Start start = this.ids.add(this);
		if (start.resumes()) {
			resume(start.id());
			return;
		}
		if (this.since != null) {
			begin(this.since);
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

	private void resume(@Nullable String known) {
		this.position = known;
		this.state = State.READING;
		this.channel.settle(this);
		read();
	}

	private void begin(Since start) {
		String known = start.knownId().orElse(null);
		if (known != null) {
			resume((history().ownerOf(known) == HistoryView.Owner.THIS) ? known : null);
			return;
		}
		this.state = State.READING;
		this.channel.settle(this);
		this.channel.readLast(start.lastCount(), reader());
	}

	/** Ends the subscription. */
	void end() {
		this.state = State.ENDED;
		this.held = null;
		this.ids.remove(this);
	}

	/** Handles that the style of its ids has changed. */
	void restyled() {
		if (isLive()) {
			this.position = this.channel.last();
			this.channel.settle(this);
		}
	}

	/**
	 * Begins to catch up after messages were dropped.
	 * @param last the message before them
	 * @return receives what was read
	 */
	Consumer<HistoryView.@Nullable Events> interrupt(String last) {
		this.position = last;
		this.state = State.READING;
		return reader();
	}

	/**
	 * Reads on from where it stands, because messages may have been dropped. One that is
	 * live is {@linkplain #interrupt interrupted} instead.
	 */
	void readAgain() {
		this.stale = this.state == State.READING || this.state == State.TELLING;
		if (this.state == State.CAUGHT_UP) {
			this.state = State.READING;
			read();
		}
	}

	/** Announces to the peer that messages before the next one are lost. */
	void lost() {
		this.ids.reset();
		if (isLive() && this.since != null && this.since.hasCallback()) {
			String newest = this.channel.last();
			this.position = newest;
			tell(NOT_RECOVERED, (newest != null) ? () -> this.state = State.CAUGHT_UP : () -> live(EventIds.UNKNOWN));
			this.channel.settle(this);
		}
	}

	/** Continues when the socket has taken all messages. */
	void drained() {
		if (this.state == State.PACING) {
			this.state = State.READING;
			read();
		}
	}

	/** Takes a message while it catches up. */
	void take(String name, Message message) {
		switch (this.state) {
			case READING, TELLING, PACING -> hold(name, message);
			case CAUGHT_UP -> takeNext(name, message);
			case LIVE -> write(name, message);
			default -> {
				// it has just subscribed, or unsubscribed
			}
		}
	}

	private void takeNext(String name, Message message) {
		String id = this.channel.positionOf(message);
		String known = Objects.requireNonNull(this.position);
		if (id == null) {
			write(name, message);
		}
		else if (history().follows(known, id) || known.equals(this.gapAfter)) {
			write(name, message);
			live(id);
		}
		else if (!history().covers(known, id)) {
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

	/** Handles the position at which it began. */
	private void begun(HistoryView.@Nullable Events events) {
		if (events != null && this.channel.last() == null) {
			this.channel.beginsAt(events.newest());
		}
		if (this.position == null) {
			this.position = (this.channel.last() != null) ? this.channel.last() : EventIds.UNKNOWN;
		}
		this.channel.deliverFirst(this);
		this.ids.announce();
	}

	/** Handles a page of the history; null when it can't be read. */
	private void goOn(HistoryView.@Nullable Events events) {
		if (events == null) {
			this.position = EventIds.UNKNOWN;
			this.ids.reset();
			tell(NOT_RECOVERED, () -> live(EventIds.UNKNOWN));
		}
		else if (!events.complete()) {
			this.position = events.newest();
			this.ids.reset();
			tell(NOT_RECOVERED, () -> this.state = State.CAUGHT_UP);
		}
		else if (this.told) {
			goOn(() -> write(events));
		}
		else {
			String known = (this.position != null) ? this.position : beginningOf(events);
			this.position = known;
			tell(new Outcome(true, history().distance(known, events.newest())), () -> {
				if (this.since != null && events.messages().isEmpty()) {
					this.ids.announce();
				}
				write(events);
			});
		}
	}

	private String beginningOf(HistoryView.Events newest) {
		return newest.messages().isEmpty() ? newest.newest()
				: history().before(newest.messages().get(0).id().orElseThrow());
	}

	/** Goes on when the application has heard the outcome. */
	private void tell(Outcome outcome, Runnable next) {
		Since begun = this.since;
		this.told = true;
		if (begun == null || !begun.hasCallback()) {
			goOn(next);
			return;
		}
		this.state = State.TELLING;
		afterListeners(() -> begun.begun(outcome), () -> {
			if (this.state == State.TELLING) {
				goOn(next);
			}
		});
	}

	/** Runs a task among the callbacks of the connection, then another one here. */
	private void afterListeners(Runnable task, Runnable next) {
		this.subscriber.recipient().call((name, message) -> {
			try {
				task.run();
			}
			finally {
				this.channel.later(() -> guarded(next));
			}
		}, this.channel.name(), NOTHING, this.subscriber::isHearing);
	}

	private void guarded(Runnable next) {
		try {
			next.run();
		}
		catch (Throwable ex) {
			this.subscriber.recipient().failed(ex);
		}
	}

	private void goOn(Runnable next) {
		next.run();
		if (this.state != State.PACING) {
			takeHeld();
		}
		else if (this.subscriber.listener() != null) {
			afterListeners(() -> {
			}, this::drained);
		}
		else if (this.subscriber.recipient().pending() == 0) {
			drained();
		}
	}

	private void write(HistoryView.Events events) {
		writePage(events.messages());
		this.state = events.newest().equals(this.position) ? State.CAUGHT_UP : State.PACING;
	}

	/** Writes as much as fills half of the send queue. */
	private void writePage(List<Message> messages) {
		FanoutSettings settings = this.channel.settings();
		int most = (this.subscriber.listener() != null) ? LISTENER_PAGE : settings.pageMessages();
		int count = 0;
		long bytes = 0;
		for (Message message : messages) {
			bytes += message.size();
			if (count++ > 0 && (count > most || bytes > settings.pageBytes())) {
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
		if (this.stale && (this.state == State.CAUGHT_UP || isLive())) {
			this.stale = false;
			this.state = State.READING;
			this.channel.settle(this);
			read();
		}
		else if (this.state == State.CAUGHT_UP && Objects.equals(this.position, this.channel.last())) {
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
		if (this.subscriber.isHearing() && !this.channel.isExcepted(this.subscriber.recipient())) {
			this.ids.write(this, name, message);
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

	/** Progress of catching up. */
	private enum State {

		/** Not begun. */
		NEW,

		/** Waits for the history. */
		READING,

		/** Waits until the application knows how it begins, or that messages are lost. */
		TELLING,

		/** Waits for the socket or the listener, to read on. */
		PACING,

		/** The history was read; messages in transit may follow. */
		CAUGHT_UP,

		/** Caught up. */
		LIVE,

		/** Unsubscribed. */
		ENDED

	}

}
