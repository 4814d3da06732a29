package io.iodine.pubsub;

import java.util.Objects;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Recovery.Outcome;
import io.iodine.Since;
import org.jspecify.annotations.Nullable;

/**
 * A listener that first hears the outcome of its recovery, from the same queue as its
 * messages.
 */
final class FirstOutcome implements MessageListener {

	/** Stands for the outcome among the messages. */
	private final Message mark = Message.text("");

	private final Since since;

	private final MessageListener listener;

	private volatile @Nullable Outcome outcome;

	FirstOutcome(Since since, MessageListener listener) {
		this.since = since;
		this.listener = listener;
	}

	/** Hands the outcome to the queue of the listener. */
	void begin(String channel, Outcome known, Receiver queue) {
		this.outcome = known;
		queue.receive(channel, this.mark);
	}

	@Override
	@SuppressWarnings("ReferenceEquality") // an application may publish an equal message
	public void onMessage(String channel, Message message) throws Exception {
		if (message == this.mark) {
			this.since.begun(Objects.requireNonNull(this.outcome));
		}
		else {
			this.listener.onMessage(channel, message);
		}
	}

}
