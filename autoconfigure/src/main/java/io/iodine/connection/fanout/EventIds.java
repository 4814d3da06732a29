package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.iodine.Message;
import io.iodine.connection.frame.SseFraming;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where one event stream stands in the histories of the channels it follows, as its
 * {@code id:} fields say: with one channel the id of each message; with more the ids of
 * the newest message of each, joined by commas; with too many none. Belongs to the event
 * loop.
 */
final class EventIds implements CatchUpState {

	private static final Log logger = LogFactory.getLog(EventIds.class);

	private static final AtomicBoolean warned = new AtomicBoolean();

	/** So many channels' ids fit into one. */
	private static final int MAX_CHANNELS = 8;

	/** Longer than any id that was given out. */
	private static final int MAX_LENGTH = 512;

	/** An id that proves nothing, so that who comes back with it is told so. */
	static final String UNKNOWN = "-";

	private final Recipient recipient;

	private final List<CatchUpSubscription> followers = new ArrayList<>(2);

	/** What the peer came back with, of channels not subscribed to as yet. */
	private final List<String> unclaimed = new ArrayList<>(0);

	/** Whether it came back with what was never given out. */
	private boolean nonsense;

	private Style style = Style.SHARED;

	EventIds(Recipient recipient) {
		this.recipient = recipient;
		recipient.lastEventId().ifPresent(this::cameBackWith);
	}

	@Override
	public Start add(CatchUpSubscription follower) {
		Start start = claim(follower.past());
		this.followers.add(follower);
		restyle();
		return start;
	}

	@Override
	public void remove(CatchUpSubscription follower) {
		if (this.followers.remove(follower)) {
			restyle();
		}
	}

	/** Whether the ids of messages are this stream's too, so that their bytes can be. */
	@Override
	public boolean areShared() {
		return this.style == Style.SHARED;
	}

	@Override
	public void drained() {
		List.copyOf(this.followers).forEach(CatchUpSubscription::drained);
	}

	/** Writes a message with the id that it has here. */
	@Override
	public void write(CatchUpSubscription follower, String channel, Message message) {
		if (this.recipient.framing().carries(message)) {
			offer(withId(message), channel);
		}
	}

	@Override
	public void announce() {
		if (this.style != Style.NONE) {
			offer(SseFraming.position(current()), null);
		}
	}

	@Override
	public void reset() {
		Message reset = Message.text("{\"recovered\":false}").event("reset");
		offer((this.style != Style.NONE) ? reset.id(current()) : reset, null);
	}

	/**
	 * A message as it would have been without a history.
	 * @param message the message
	 * @return a copy without its id
	 */
	static Message withoutId(Message message) {
		Message copy = Message.text(message.asBytes());
		if (message.event().isPresent()) {
			copy = copy.event(message.event().get());
		}
		return message.retry().isPresent() ? copy.retry(message.retry().get()) : copy;
	}

	private void offer(Message message, @Nullable String channel) {
		if (this.recipient.isOpen()) {
			this.recipient.write(message, channel);
		}
	}

	private Message withId(Message message) {
		if (this.style == Style.SHARED || message.id().isEmpty()) {
			return message;
		}
		return (this.style == Style.JOINED) ? message.id(current()) : withoutId(message);
	}

	private String current() {
		String ids = Stream
			.concat(this.followers.stream().map(CatchUpSubscription::position).filter(Objects::nonNull),
					this.unclaimed.stream())
			.collect(Collectors.joining(","));
		return ids.isEmpty() ? UNKNOWN : ids;
	}

	private void cameBackWith(String lastEventId) {
		if (lastEventId.isEmpty()) {
			return;
		}
		String[] ids = lastEventId.split(",", -1);
		if (lastEventId.length() > MAX_LENGTH || ids.length > MAX_CHANNELS) {
			this.nonsense = true;
		}
		else {
			this.unclaimed.addAll(Arrays.asList(ids));
		}
	}

	private Start claim(HistoryView past) {
		if (this.unclaimed.stream().anyMatch((id) -> past.ownerOf(id) == HistoryView.Owner.NOBODY)) {
			this.nonsense = true;
			this.unclaimed.clear();
		}
		if (this.nonsense) {
			return new Start(true, null);
		}
		for (String id : this.unclaimed) {
			if (past.ownerOf(id) == HistoryView.Owner.THIS) {
				this.unclaimed.remove(id);
				return new Start(true, id);
			}
		}
		return new Start(false, null);
	}

	private void restyle() {
		int channels = this.followers.size() + this.unclaimed.size();
		Style next = (channels > MAX_CHANNELS) ? Style.NONE : (channels > 1) ? Style.JOINED : Style.SHARED;
		Style former = this.style;
		if (next == former) {
			return;
		}
		this.style = next;
		this.followers.forEach(CatchUpSubscription::restyled);
		if (next == Style.NONE) {
			offer(SseFraming.position(UNKNOWN), null);
			warn();
		}
		else if (former == Style.NONE) {
			announce();
		}
	}

	private void warn() {
		if (warned.compareAndSet(false, true)) {
			logger.warn(this.recipient + " follows more than " + MAX_CHANNELS
					+ " channels with history: it gets no ids and can't resume. Further ones are not logged.");
		}
	}

	/**
	 * Where a stream goes on.
	 *
	 * @param resumes whether the peer came back
	 * @param id the message it saw last; null: it saw none, or nobody knows which
	 */
	record Start(boolean resumes, @Nullable String id) {

	}

	/** How ids are made. */
	private enum Style {

		SHARED, JOINED, NONE

	}

}
