package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.List;

import io.iodine.Message;
import io.iodine.MessageListener;

/**
 * The subscriptions of one connection whose messages carry no ids to the peer: those of
 * WebSockets, and listeners. Belongs to the event loop.
 */
final class SharedPositions implements CatchUpState {

	private static final EventIds.Start NEW = new EventIds.Start(false, null);

	private final Recipient recipient;

	private final List<CatchUpSubscription> followers = new ArrayList<>(1);

	SharedPositions(Recipient recipient) {
		this.recipient = recipient;
	}

	@Override
	public EventIds.Start add(CatchUpSubscription follower) {
		this.followers.add(follower);
		return NEW;
	}

	@Override
	public void remove(CatchUpSubscription follower) {
		this.followers.remove(follower);
	}

	@Override
	public boolean areShared() {
		return true;
	}

	@Override
	public void write(CatchUpSubscription follower, String channel, Message message) {
		MessageListener listener = follower.subscriber().listener();
		if (listener != null) {
			follower.subscriber().tell(channel, message);
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
		for (CatchUpSubscription follower : List.copyOf(this.followers)) {
			if (follower.subscriber().listener() == null) {
				follower.drained();
			}
		}
	}

}
