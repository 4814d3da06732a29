package io.iodine.connection;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Goodbyes in batches, so that clients don't come back to the next server all at once.
 *
 * @param <T> to what
 */
public final class DrainBatches<T> {

	private static final Log logger = LogFactory.getLog(DrainBatches.class);

	private final Iterator<T> items;

	private final int size;

	private final Consumer<T> goodbye;

	private final BooleanSupplier goesOn;

	private final Executor pause;

	private DrainBatches(List<T> items, DrainSettings settings, Consumer<T> goodbye, BooleanSupplier goesOn) {
		this.items = items.iterator();
		this.size = settings.batchSize(items.size());
		this.goodbye = goodbye;
		this.goesOn = goesOn;
		this.pause = CompletableFuture.delayedExecutor(settings.batchInterval().toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * Says goodbye to the first batch, and later to the others.
	 * @param <T> what they are
	 * @param items to whom
	 * @param settings how many at once, and how often
	 * @param goodbye how
	 * @param goesOn asked before each batch
	 */
	public static <T> void start(List<T> items, DrainSettings settings, Consumer<T> goodbye, BooleanSupplier goesOn) {
		new DrainBatches<>(items, settings, goodbye, goesOn).next();
	}

	private void next() {
		if (!this.goesOn.getAsBoolean()) {
			return;
		}
		for (int left = this.size; left > 0 && this.items.hasNext(); left--) {
			T item = this.items.next();
			SafeLog.guard(logger, "The drain of a connection", () -> this.goodbye.accept(item));
		}
		if (this.items.hasNext()) {
			this.pause.execute(this::next);
		}
	}

}
