package io.iodine.handler;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.iodine.Connection;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Writes the elements of a publisher to a client. It asks for more only while few writes
 * are pending, and again when the send queue has drained.
 */
final class StreamSubscriber implements Subscriber<Object>, PendingResult {

	private static final int BATCH = 32;

	private static final int MAX_PENDING = 64;

	private final Reply reply;

	private final boolean single;

	private final Consumer<Throwable> onError;

	private final Consumer<PendingResult> onEnd;

	private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();

	private final AtomicBoolean paused = new AtomicBoolean();

	private volatile boolean ended;

	/** Written by the publisher, one signal at a time. */
	private int outstanding;

	private @Nullable Object last;

	/**
	 * Creates a subscriber.
	 * @param reply where the elements go
	 * @param single whether there is one element at most, which is the acknowledgement
	 * @param onError gets an error of the publisher
	 * @param onEnd is called once when nothing more comes
	 */
	StreamSubscriber(Reply reply, boolean single, Consumer<Throwable> onError, Consumer<PendingResult> onEnd) {
		this.reply = reply;
		this.single = single;
		this.onError = onError;
		this.onEnd = onEnd;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (this.ended || !this.subscription.compareAndSet(null, subscription)) {
			subscription.cancel();
			return;
		}
		if (this.ended) {
			subscription.cancel();
			return;
		}
		this.outstanding = BATCH;
		subscription.request(BATCH);
	}

	@Override
	public void onNext(Object value) {
		if (this.ended) {
			return;
		}
		if (this.single) {
			this.last = value;
			return;
		}
		try {
			if (!this.reply.item(value) && !this.reply.client().isOpen()) {
				cancel();
				return;
			}
		}
		catch (Throwable ex) {
			cancel();
			this.onError.accept(ex);
			return;
		}
		if (--this.outstanding == 0) {
			goOn();
		}
	}

	private void goOn() {
		Connection client = this.reply.client();
		this.paused.set(true);
		if (client.pending() <= MAX_PENDING) {
			drained();
		}
	}

	/** Nothing is pending any more, or little. */
	@Override
	public void drained() {
		Subscription current = this.subscription.get();
		if (current != null && this.paused.compareAndSet(true, false)) {
			this.outstanding = BATCH;
			current.request(BATCH);
		}
	}

	@Override
	public void onError(Throwable error) {
		if (end()) {
			this.onError.accept(error);
		}
	}

	@Override
	public void onComplete() {
		if (end()) {
			try {
				this.reply.success(this.last);
			}
			catch (Throwable ex) {
				this.onError.accept(ex);
			}
		}
	}

	@Override
	public void cancel() {
		Subscription current = this.subscription.get();
		if (end() && current != null) {
			current.cancel();
		}
	}

	private synchronized boolean end() {
		if (this.ended) {
			return false;
		}
		this.ended = true;
		this.onEnd.accept(this);
		return true;
	}

}
