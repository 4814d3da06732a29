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
 * Drains items in batches, so that clients don't reconnect to the next server all at
 * once.
 *
 * @param <T> the type of the items
 */
public final class DrainBatches<T> {

	private static final Log logger = LogFactory.getLog(DrainBatches.class);

	private final Iterator<T> items;

	private final int size;

	private final Consumer<T> drain;

	private final BooleanSupplier goesOn;

	private final Executor pause;

	private DrainBatches(List<T> items, DrainSettings settings, Consumer<T> drain, BooleanSupplier goesOn) {
		this.items = items.iterator();
		this.size = settings.batchSize(items.size());
		this.drain = drain;
		this.goesOn = goesOn;
		this.pause = CompletableFuture.delayedExecutor(settings.batchInterval().toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * Drains the first batch at once, and the others later.
	 * @param <T> the type of the items
	 * @param items the items
	 * @param settings the size and the interval of batches
	 * @param drain drains one item
	 * @param goesOn checked before each batch
	 */
	public static <T> void start(List<T> items, DrainSettings settings, Consumer<T> drain, BooleanSupplier goesOn) {
		new DrainBatches<>(items, settings, drain, goesOn).next();
	}

	private void next() {
		if (!this.goesOn.getAsBoolean()) {
			return;
		}
		for (int left = this.size; left > 0 && this.items.hasNext(); left--) {
			T item = this.items.next();
			SafeLog.guard(logger, "The drain of a connection", () -> this.drain.accept(item));
		}
		if (this.items.hasNext()) {
			this.pause.execute(this::next);
		}
	}

}
