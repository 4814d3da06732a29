package io.iodine.pubsub.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

import io.iodine.process.RelayLink;
import io.netty.buffer.ByteBuf;

/**
 * Questions to the master that it has not answered in whole, at most so many.
 *
 * @param <A> what the parts of an answer are added to
 */
final class PendingAnswers<A> {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final int MOST = 10_000;

	private final RelayLink link;

	private final Supplier<A> empty;

	private final BiConsumer<A, ByteBuf> addition;

	private final AtomicInteger last = new AtomicInteger();

	private final Map<Integer, Pending<A>> pending = new ConcurrentHashMap<>();

	PendingAnswers(RelayLink link, Supplier<A> empty, BiConsumer<A, ByteBuf> addition) {
		this.link = link;
		this.empty = empty;
		this.addition = addition;
	}

	/** Asks; fails when the master doesn't answer in time. */
	CompletableFuture<A> ask(IntFunction<ByteBuf> question) {
		if (this.pending.size() >= MOST) {
			return CompletableFuture
				.failedFuture(new IllegalStateException(MOST + " questions wait for the master's answers"));
		}
		int request = this.last.incrementAndGet();
		Pending<A> waiting = new Pending<>(this.empty.get(), new CompletableFuture<>());
		this.pending.put(request, waiting);
		if (!this.link.send(question.apply(request))) {
			waiting.whole.completeExceptionally(new IllegalStateException("the master takes no questions"));
		}
		return waiting.whole.orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((answer, failure) -> this.pending.remove(request));
	}

	/** A part of an answer came. */
	void answered(ByteBuf frame) {
		int request = frame.readInt();
		boolean more = frame.readBoolean();
		Pending<A> waiting = this.pending.get(request);
		if (waiting == null) {
			return;
		}
		this.addition.accept(waiting.parts, frame);
		if (!more) {
			waiting.whole.complete(waiting.parts);
		}
	}

	/**
	 * An answer that is not whole.
	 *
	 * @param <A> what its parts are added to
	 * @param parts the parts so far, owned by the thread of the control channel
	 * @param whole completes with the last part
	 */
	private record Pending<A>(A parts, CompletableFuture<A> whole) {
	}

}
