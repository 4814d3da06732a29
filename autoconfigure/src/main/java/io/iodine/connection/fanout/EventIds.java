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
 * The {@code id:} fields of one event stream, which tell its position in the histories of
 * its channels. With one channel the field is the id of the message; with several it
 * joins the ids of the newest message of each by commas; with too many there is none.
 * Belongs to the event loop.
 */
final class EventIds implements CatchUpWriter {

	private static final Log logger = LogFactory.getLog(EventIds.class);

	private static final AtomicBoolean warned = new AtomicBoolean();

	/** Maximum number of channels in one id. */
	private static final int MAX_CHANNELS = 8;

	/** Maximum length of an id. */
	private static final int MAX_LENGTH = 512;

	/** An id without a position, which makes a resume report a reset. */
	static final String UNKNOWN = "-";

	private final Recipient recipient;

	private final List<CatchUpSubscription> catchUps = new ArrayList<>(2);

	/** Ids of {@code Last-Event-ID} for channels not subscribed to yet. */
	private final List<String> unclaimed = new ArrayList<>(0);

	/** Whether {@code Last-Event-ID} holds an id that no channel has issued. */
	private boolean nonsense;

	private Style style = Style.SHARED;

	EventIds(Recipient recipient) {
		this.recipient = recipient;
		recipient.lastEventId().ifPresent(this::cameBackWith);
	}

	@Override
	public Start add(CatchUpSubscription catchUp) {
		Start start = claim(catchUp.history());
		this.catchUps.add(catchUp);
		restyle();
		return start;
	}

	@Override
	public void remove(CatchUpSubscription catchUp) {
		if (this.catchUps.remove(catchUp)) {
			restyle();
		}
	}

	/** Whether the ids of messages are used unchanged, so that frames can be shared. */
	@Override
	public boolean areShared() {
		return this.style == Style.SHARED;
	}

	@Override
	public void drained() {
		List.copyOf(this.catchUps).forEach(CatchUpSubscription::drained);
	}

	/** Writes a message with the id that it has here. */
	@Override
	public void write(CatchUpSubscription catchUp, String channel, Message message) {
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
	 * Removes the id of a message.
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
			.concat(this.catchUps.stream().map(CatchUpSubscription::position).filter(Objects::nonNull),
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

	private Start claim(HistoryView history) {
		if (this.unclaimed.stream().anyMatch((id) -> history.ownerOf(id) == HistoryView.Owner.NONE)) {
			this.nonsense = true;
			this.unclaimed.clear();
		}
		if (this.nonsense) {
			return new Start(true, null);
		}
		for (String id : this.unclaimed) {
			if (history.ownerOf(id) == HistoryView.Owner.THIS) {
				this.unclaimed.remove(id);
				return new Start(true, id);
			}
		}
		return new Start(false, null);
	}

	private void restyle() {
		int channels = this.catchUps.size() + this.unclaimed.size();
		Style next = (channels > MAX_CHANNELS) ? Style.NONE : (channels > 1) ? Style.JOINED : Style.SHARED;
		Style former = this.style;
		if (next == former) {
			return;
		}
		this.style = next;
		this.catchUps.forEach(CatchUpSubscription::restyled);
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
	 * Start position of a stream.
	 *
	 * @param resumes whether the peer resumes
	 * @param id the id of the last message it saw; null for none or unknown
	 */
	record Start(boolean resumes, @Nullable String id) {

	}

	/** Style of ids. */
	private enum Style {

		SHARED, JOINED, NONE

	}

}
