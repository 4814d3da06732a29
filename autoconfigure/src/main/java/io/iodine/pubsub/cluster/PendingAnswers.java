package io.iodine.pubsub.cluster;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

import io.iodine.process.RelayLink;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Questions to the master that it has not answered in whole. Only a few are asked at a
 * time, because the master keeps the answers until this worker has read them: a thousand
 * histories at once would exceed what may wait for it. Thread-safe.
 *
 * @param <A> what the parts of an answer are added to
 */
final class PendingAnswers<A> {

	/** How many questions may wait. */
	static final int MOST = 10_000;

	/** How long an answer may take, once it was asked for. */
	static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final RelayLink link;

	private final int atOnce;

	private final Duration timeout;

	private final Supplier<A> empty;

	private final BiConsumer<A, ByteBuf> addition;

	private final AtomicInteger last = new AtomicInteger();

	/** The questions that were asked, by number. */
	private final Map<Integer, Question<A>> asked = new ConcurrentHashMap<>();

	/** The questions to be asked. Guarded by itself. */
	private final Queue<Question<A>> waiting = new ArrayDeque<>();

	/** How often the next questions were to be asked, since they last were. */
	private final AtomicInteger rounds = new AtomicInteger();

	/**
	 * Questions over the control channel.
	 * @param link the way to the master
	 * @param atOnce how many are asked at a time
	 * @param timeout how long an answer may take, once it was asked for
	 * @param empty creates an answer without parts
	 * @param addition adds a part to an answer
	 */
	PendingAnswers(RelayLink link, int atOnce, Duration timeout, Supplier<A> empty, BiConsumer<A, ByteBuf> addition) {
		this.link = link;
		this.atOnce = atOnce;
		this.timeout = timeout;
		this.empty = empty;
		this.addition = addition;
	}

	/**
	 * Asks, as soon as fewer questions are open than may be.
	 * @param question writes the question of a number
	 * @return the answer; fails when too many questions wait, or the master does not
	 * answer one in time
	 */
	CompletableFuture<A> ask(IntFunction<ByteBuf> question) {
		Question<A> next = new Question<>(this.last.incrementAndGet(), question, this.empty.get(),
				new CompletableFuture<>());
		synchronized (this.waiting) {
			if (this.waiting.size() >= MOST) {
				return CompletableFuture
					.failedFuture(new IllegalStateException(MOST + " questions wait for the master's answers"));
			}
			this.waiting.add(next);
		}
		askNext();
		return next.whole;
	}

	/** A part of an answer came. */
	void answered(ByteBuf frame) {
		int number = frame.readInt();
		boolean more = frame.readBoolean();
		Question<A> question = this.asked.get(number);
		if (question == null) {
			return;
		}
		try {
			this.addition.accept(question.parts, frame);
		}
		catch (Throwable ex) {
			// the parts after it would make an answer with a hole
			question.whole.completeExceptionally(ex);
			return;
		}
		if (!more) {
			question.whole.complete(question.parts);
		}
	}

	/** Without recursion, because a question that can't be sent ends at once. */
	private void askNext() {
		if (this.rounds.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		do {
			for (Question<A> next = next(); next != null; next = next()) {
				ask(next);
			}
			seen = this.rounds.addAndGet(-seen);
		}
		while (seen != 0);
	}

	private @Nullable Question<A> next() {
		if (this.asked.size() >= this.atOnce) {
			return null;
		}
		synchronized (this.waiting) {
			return this.waiting.poll();
		}
	}

	private void ask(Question<A> question) {
		this.asked.put(question.number, question);
		CompletableFuture<A> unused = question.whole.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((answer, failure) -> {
				this.asked.remove(question.number);
				if (failure instanceof TimeoutException) {
					failWaiting(failure);
				}
				askNext();
			});
		try {
			if (!this.link.send(question.text.apply(question.number))) {
				question.whole.completeExceptionally(new IllegalStateException("the master takes no questions"));
			}
		}
		catch (Throwable ex) {
			question.whole.completeExceptionally(ex);
		}
	}

	/** Fails the waiting questions, because the master has stopped answering. */
	private void failWaiting(Throwable failure) {
		List<Question<A>> all;
		synchronized (this.waiting) {
			all = List.copyOf(this.waiting);
			this.waiting.clear();
		}
		all.forEach((question) -> question.whole.completeExceptionally(failure));
	}

	/**
	 * A question.
	 *
	 * @param <A> what its parts are added to
	 * @param number its number
	 * @param text writes it
	 * @param parts the parts so far, owned by the thread of the control channel
	 * @param whole completes with the last part
	 */
	private record Question<A>(int number, IntFunction<ByteBuf> text, A parts, CompletableFuture<A> whole) {

	}

}
