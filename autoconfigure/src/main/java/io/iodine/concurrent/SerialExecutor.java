package io.iodine.concurrent;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Handles items one at a time and in order, on threads of its owner's choice. Any thread
 * may add. Three states instead of a count: an item that fails, a run that happens twice
 * and a start that fails leave nothing behind that would keep the next item waiting.
 * There is one for each connection, so an idle one has no queue: added items are a stack,
 * which a run takes whole and reverses.
 *
 * @param <T> the type of the items
 */
public final class SerialExecutor<T> implements Runnable {

	private static final Log logger = LogFactory.getLog(SerialExecutor.class);

	/** After so many items the thread is given to others. */
	static final int ITEMS_PER_RUN = 64;

	private static final int IDLE = 0;

	private static final int SCHEDULED = 1;

	private static final int RUNNING = 2;

	@SuppressWarnings("rawtypes") // the class of a generic type
	private static final AtomicIntegerFieldUpdater<SerialExecutor> STATE = AtomicIntegerFieldUpdater
		.newUpdater(SerialExecutor.class, "state");

	@SuppressWarnings("rawtypes") // the class of a generic type
	private static final AtomicReferenceFieldUpdater<SerialExecutor, @Nullable Item> ADDED = addedUpdater();

	private final Owner<T> owner;

	/** Created by the first submission. */
	private volatile @Nullable CallerRunsCheck caller;

	/** Items that no run has taken, the newest first. Any thread. */
	private volatile @Nullable Item<T> added;

	/** Items that a run has taken, the oldest first. Belongs to the run. */
	private @Nullable Item<T> taken;

	private volatile int state;

	/**
	 * Creates an idle executor.
	 * @param owner handles the items
	 */
	public SerialExecutor(Owner<T> owner) {
		this.owner = owner;
	}

	/**
	 * Adds an item.
	 * @param item the item
	 */
	public void add(T item) {
		Item<T> newest = new Item<>(item);
		Item<T> former;
		do {
			former = this.added;
			newest.next = former;
		}
		while (!ADDED.compareAndSet(this, former, newest));
		schedule();
	}

	/**
	 * Takes the turn at once, if nothing runs and nothing waits.
	 * @return true when the caller is to do its work now, and to {@link #exit} after it
	 */
	public boolean tryEnter() {
		return this.state == IDLE && STATE.compareAndSet(this, IDLE, RUNNING);
	}

	/** Ends a turn that {@link #tryEnter} began. */
	public void exit() {
		boolean left = this.taken != null;
		this.state = IDLE;
		if (left || this.added != null) {
			schedule();
		}
	}

	/**
	 * Whether items wait for a run.
	 * @return false while idle or running
	 */
	public boolean isScheduled() {
		return this.state == SCHEDULED;
	}

	/**
	 * Has an executor run this.
	 * @param executor the executor
	 * @return what became of it
	 */
	public CallbackExecutor.Submission submitTo(CallbackExecutor executor) {
		CallerRunsCheck check = this.caller;
		if (check == null) {
			check = new CallerRunsCheck();
			this.caller = check;
		}
		return executor.submit(this, check);
	}

	/** Runs what is scheduled. Does nothing inside of {@link #submitTo}. */
	@Override
	public void run() {
		CallerRunsCheck check = this.caller;
		if (check == null || !check.isCaller()) {
			runScheduled();
		}
	}

	/** Runs what is scheduled, whatever thread this is. */
	public void runScheduled() {
		if (this.state != SCHEDULED || !STATE.compareAndSet(this, SCHEDULED, RUNNING)) {
			return;
		}
		if (this.owner.hasScope()) {
			runInScope();
		}
		else {
			runItems();
		}
	}

	private void runInScope() {
		Once once = new Once();
		try {
			this.owner.runInScope(once);
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> "A scope of callbacks failed", ex);
		}
		finally {
			once.run();
		}
	}

	private void runItems() {
		try {
			Item<T> item;
			for (int left = ITEMS_PER_RUN; left > 0 && (item = poll()) != null; left--) {
				handle(item.value);
			}
		}
		finally {
			exit();
		}
	}

	/** Takes the oldest item. */
	private @Nullable Item<T> poll() {
		Item<T> oldest = (this.taken != null) ? this.taken : takeAdded();
		this.taken = (oldest != null) ? oldest.next : null;
		return oldest;
	}

	@SuppressWarnings("unchecked") // items are added by a method of this type
	private @Nullable Item<T> takeAdded() {
		Item<T> newest = (this.added != null) ? ADDED.getAndSet(this, null) : null;
		Item<T> oldest = null;
		while (newest != null) {
			Item<T> next = newest.next;
			newest.next = oldest;
			oldest = newest;
			newest = next;
		}
		return oldest;
	}

	private void handle(T item) {
		try {
			this.owner.handle(item);
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> "A callback failed", ex);
		}
	}

	private void schedule() {
		if (this.state != IDLE || !STATE.compareAndSet(this, IDLE, SCHEDULED)) {
			return;
		}
		try {
			this.owner.start(this);
		}
		catch (Throwable ex) {
			STATE.compareAndSet(this, SCHEDULED, IDLE);
			SafeLog.error(logger, () -> "Callbacks could not be started", ex);
		}
	}

	@SuppressWarnings({ "unchecked", "rawtypes" }) // a type argument with @Nullable
	private static AtomicReferenceFieldUpdater<SerialExecutor, @Nullable Item> addedUpdater() {
		return (AtomicReferenceFieldUpdater) AtomicReferenceFieldUpdater.newUpdater(SerialExecutor.class, Item.class,
				"added");
	}

	/**
	 * The owner of an executor.
	 *
	 * @param <T> the type of the items
	 */
	public interface Owner<T> {

		/**
		 * Handles an item.
		 * @param item the item
		 */
		void handle(T item);

		/**
		 * Has {@link SerialExecutor#run} called soon, once at least.
		 * @param executor the executor that items wait for
		 */
		void start(SerialExecutor<T> executor);

		/**
		 * Whether {@link #runInScope} is of use.
		 * @return true when it is
		 */
		default boolean hasScope() {
			return false;
		}

		/**
		 * Surrounds a run.
		 * @param items handles some items
		 */
		default void runInScope(Runnable items) {
			items.run();
		}

	}

	/** An item, and the one that follows it in a stack or a run. */
	private static final class Item<T> {

		private final T value;

		private @Nullable Item<T> next;

		Item(T value) {
			this.value = value;
		}

	}

	/** Runs once, and at all, whatever a scope does with it. */
	private final class Once implements Runnable {

		private boolean done;

		@Override
		public void run() {
			if (!this.done) {
				this.done = true;
				runItems();
			}
		}

	}

}
