package io.iodine.concurrent;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Handles items one at a time and in order, on threads of its owner's choice. Any thread
 * may add. Three states instead of a count: an item that fails, a run that happens twice
 * and a start that fails leave nothing behind that would keep the next item waiting.
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

	private final Owner<T> owner;

	private final CallerRunsCheck caller = new CallerRunsCheck();

	private final Queue<T> items = new ConcurrentLinkedQueue<>();

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
		this.items.add(item);
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
		this.state = IDLE;
		if (!this.items.isEmpty()) {
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
		return executor.submit(this, this.caller);
	}

	/** Runs what is scheduled. Does nothing inside of {@link #submitTo}. */
	@Override
	public void run() {
		if (!this.caller.isCaller()) {
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
			T item;
			for (int left = ITEMS_PER_RUN; left > 0 && (item = this.items.poll()) != null; left--) {
				handle(item);
			}
		}
		finally {
			exit();
		}
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
