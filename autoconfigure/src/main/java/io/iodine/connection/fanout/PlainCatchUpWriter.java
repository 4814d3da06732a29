package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.List;

import io.iodine.Message;
import io.iodine.MessageListener;

/**
 * Writes the messages of catch-up subscriptions without ids: to WebSockets, and to
 * listeners. Belongs to the event loop.
 */
final class PlainCatchUpWriter implements CatchUpWriter {

	private static final EventIds.Start NEW = new EventIds.Start(false, null);

	private final Recipient recipient;

	private final List<CatchUpSubscription> catchUps = new ArrayList<>(1);

	PlainCatchUpWriter(Recipient recipient) {
		this.recipient = recipient;
	}

	@Override
	public EventIds.Start add(CatchUpSubscription catchUp) {
		this.catchUps.add(catchUp);
		return NEW;
	}

	@Override
	public void remove(CatchUpSubscription catchUp) {
		this.catchUps.remove(catchUp);
	}

	@Override
	public boolean areShared() {
		return true;
	}

	@Override
	public void write(CatchUpSubscription catchUp, String channel, Message message) {
		MessageListener listener = catchUp.subscriber().listener();
		if (listener != null) {
			catchUp.subscriber().notifyListener(channel, message);
		}
		else if (this.recipient.isOpen() && this.recipient.framing().carries(message)) {
			this.recipient.write(message, channel);
		}
	}

	@Override
	public void announce() {
		// the outcome says enough
	}

	@Override
	public void reset() {
		// the outcome says enough
	}

	@Override
	public void drained() {
		for (CatchUpSubscription catchUp : List.copyOf(this.catchUps)) {
			if (catchUp.subscriber().listener() == null) {
				catchUp.drained();
			}
		}
	}

}
