package io.iodine.handler;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;

/** Writes the results of one connection's methods, at once or when they come. */
final class ResultWriter {

	private static final Log logger = LogFactory.getLog(ResultWriter.class);

	private static final ErrorReply TOO_MANY = new ErrorReply(503, "Too many requests in progress", null);

	private final Set<PendingResult> pending = ConcurrentHashMap.newKeySet();

	private final AtomicInteger count = new AtomicInteger();

	private final int maxPending;

	private final PublisherContext context;

	private final BiConsumer<Reply, Throwable> onError;

	private volatile boolean closed;

	/**
	 * Creates the writer.
	 * @param maxPending how many results may be awaited
	 * @param context the context in which publishers run
	 * @param onError gets the errors of results that come later
	 */
	ResultWriter(int maxPending, PublisherContext context, BiConsumer<Reply, Throwable> onError) {
		this.maxPending = maxPending;
		this.context = context;
		this.onError = onError;
	}

	void write(@Nullable Object result, Reply reply) {
		if (result instanceof Optional<?> optional) {
			reply.success(optional.orElse(null));
		}
		else if (result instanceof CompletionStage<?> stage) {
			await(stage, reply);
		}
		else {
			ReactiveAdapter adapter = (result != null && !isSimple(result))
					? ReactiveAdapterRegistry.getSharedInstance().getAdapter(result.getClass()) : null;
			if (adapter != null) {
				subscribe(adapter, result, reply);
			}
			else {
				reply.success(result);
			}
		}
	}

	/** Spares the common results a look-up. */
	private static boolean isSimple(Object result) {
		return result instanceof CharSequence || result instanceof Record || result instanceof Number
				|| result instanceof byte[];
	}

	void drained() {
		this.pending.forEach(PendingResult::drained);
	}

	void close() {
		this.closed = true;
		this.pending.forEach((result) -> SafeLog.guard(logger, "The cancellation of a result", result::cancel));
	}

	private void await(CompletionStage<?> stage, Reply reply) {
		StagedResult result = new StagedResult(stage);
		if (!add(result, reply)) {
			result.cancel();
			return;
		}
		guarded(result, () -> stage.whenComplete((value, error) -> {
			remove(result);
			if (this.closed) {
				return;
			}
			if (error != null) {
				this.onError.accept(reply,
						(error instanceof CompletionException && error.getCause() != null) ? error.getCause() : error);
				return;
			}
			try {
				reply.success((value instanceof Optional<?> optional) ? optional.orElse(null) : value);
			}
			catch (Throwable ex) {
				this.onError.accept(reply, ex);
			}
		}));
	}

	/** A result that can't be awaited gives its place back. */
	private void guarded(PendingResult result, Runnable awaiting) {
		boolean awaited = false;
		try {
			awaiting.run();
			awaited = true;
		}
		finally {
			if (!awaited) {
				remove(result);
			}
		}
	}

	private void subscribe(ReactiveAdapter adapter, @Nullable Object result, Reply reply) {
		StreamSubscriber subscriber = new StreamSubscriber(reply, !adapter.isMultiValue(),
				(error) -> this.onError.accept(reply, error), this::remove);
		if (add(subscriber, reply)) {
			guarded(subscriber, () -> Streams.subscribe(this.context.apply(adapter.toPublisher(result)), subscriber));
		}
	}

	private boolean add(PendingResult result, Reply reply) {
		if (this.count.incrementAndGet() > this.maxPending) {
			this.count.decrementAndGet();
			reply.failure(TOO_MANY);
			return false;
		}
		this.pending.add(result);
		if (this.closed) {
			result.cancel();
			return false;
		}
		return true;
	}

	private void remove(PendingResult result) {
		if (this.pending.remove(result)) {
			this.count.decrementAndGet();
		}
	}

	private record StagedResult(CompletionStage<?> stage) implements PendingResult {

		@Override
		public void drained() {
			// one value needs no back-pressure
		}

		@Override
		public void cancel() {
			if (this.stage instanceof Future<?> future) {
				future.cancel(true);
			}
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this);
		}

	}

	/** What needs Reactive Streams, which an application may be without. */
	private static final class Streams {

		@SuppressWarnings("unchecked")
		private static void subscribe(Object publisher, StreamSubscriber subscriber) {
			((Publisher<Object>) publisher).subscribe(subscriber);
		}

	}

}
