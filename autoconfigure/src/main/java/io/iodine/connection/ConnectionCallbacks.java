package io.iodine.connection;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import io.iodine.Message;
import io.iodine.concurrent.CallbackExecutor;
import io.iodine.concurrent.SerialExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Bounded queue of the callbacks of one connection. They run one at a time and in order,
 * on a callback thread or on the event loop. Any thread may add.
 */
final class ConnectionCallbacks implements SerialExecutor.Owner<Object> {

	private static final AtomicLongFieldUpdater<ConnectionCallbacks> WAITING = AtomicLongFieldUpdater
		.newUpdater(ConnectionCallbacks.class, "waiting");

	/** One message in {@link #waiting}, beside its bytes. */
	private static final long MESSAGE = 1L << 32;

	private static final AtomicIntegerFieldUpdater<ConnectionCallbacks> TASKS = AtomicIntegerFieldUpdater
		.newUpdater(ConnectionCallbacks.class, "deferredTasks");

	private static final AtomicIntegerFieldUpdater<ConnectionCallbacks> HEARINGS = AtomicIntegerFieldUpdater
		.newUpdater(ConnectionCallbacks.class, "hearings");

	private final NettyConnection connection;

	/** Null when callbacks run on the event loop. */
	private final @Nullable CallbackExecutor executor;

	private final EventLoopTasks tasks;

	private final CallbackScope scope;

	/** Of {@link Message}s, {@link Task}s and other {@link Runnable}s. */
	private final SerialExecutor<Object> serial = new SerialExecutor<>(this);

	/**
	 * Messages that wait in the upper half, and their bytes in the lower one, so that
	 * both are counted in one step.
	 */
	private volatile long waiting;

	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int deferredTasks;

	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int hearings;

	ConnectionCallbacks(NettyConnection connection, @Nullable CallbackExecutor executor, EventLoopTasks tasks,
			CallbackScope scope) {
		this.connection = connection;
		this.executor = executor;
		this.tasks = tasks;
		this.scope = scope;
	}

	/**
	 * Adds a message of the peer. Event loop only.
	 * @param message the message
	 */
	void addMessage(Message message) {
		if (this.executor == null && this.scope == CallbackScope.NONE && this.tasks.tryEnter(this.serial)) {
			try {
				this.connection.life().handle(message);
			}
			finally {
				this.tasks.exit(this.serial);
			}
			return;
		}
		WAITING.addAndGet(this, MESSAGE + message.size());
		this.connection.receiveMemory().received(message.size());
		this.serial.add(message);
	}

	/**
	 * Adds a task of the application, within bounds.
	 * @param task the task
	 * @return false when too many wait already
	 */
	boolean addTask(Runnable task) {
		return addBounded(new Task(task, TASKS));
	}

	/**
	 * Adds a message for a listener. Its bound is separate, so that channels don't
	 * prevent the application from deferring tasks.
	 * @param hearing the call of the listener
	 * @return false when too many wait already
	 */
	boolean addHearing(Runnable hearing) {
		return addBounded(new Task(hearing, HEARINGS));
	}

	private boolean addBounded(Task task) {
		if (task.counter().incrementAndGet(this) > this.connection.settings().maxPendingTasks()) {
			task.counter().decrementAndGet(this);
			return false;
		}
		this.serial.add(task);
		return true;
	}

	/**
	 * Adds an event of which a connection has few.
	 * @param event the event
	 */
	void addEvent(Runnable event) {
		this.serial.add(event);
	}

	/** Whether enough messages wait to pause reading. */
	boolean isFull() {
		long now = this.waiting;
		return messages(now) >= this.connection.settings().receiveQueueMaxMessages()
				|| bytes(now) >= this.connection.settings().receiveQueueMaxBytes();
	}

	/** Whether few enough messages wait to resume reading. */
	boolean hasRoom() {
		long now = this.waiting;
		return messages(now) <= this.connection.settings().receiveQueueMaxMessages() / 2
				&& bytes(now) <= this.connection.settings().receiveQueueMaxBytes() / 2;
	}

	private static int messages(long waiting) {
		return (int) (waiting >>> 32);
	}

	private static long bytes(long waiting) {
		return waiting & (MESSAGE - 1);
	}

	@Override
	public void handle(Object item) {
		if (item instanceof Message message) {
			try {
				this.connection.life().handle(message);
			}
			finally {
				WAITING.addAndGet(this, -MESSAGE - message.size());
				this.connection.receiveMemory().handled(message.size());
				this.connection.receiveQueue().handled();
			}
		}
		else if (item instanceof Task task) {
			task.counter().decrementAndGet(this);
			task.action().run();
		}
		else if (item instanceof Runnable event) {
			event.run();
		}
	}

	@Override
	public void start(SerialExecutor<Object> serial) {
		if (this.executor == null) {
			this.tasks.call(serial);
		}
		else if (this.tasks.inEventLoop()) {
			this.tasks.due(this);
		}
		else {
			submit();
		}
	}

	@Override
	public boolean hasScope() {
		return this.scope != CallbackScope.NONE;
	}

	@Override
	public void runInScope(Runnable items) {
		this.scope.run(items);
	}

	/** Runs due callbacks, within a batch of several connections. */
	void run() {
		this.serial.runScheduled();
	}

	/** Submits due callbacks to a callback thread. Any thread. */
	void submit() {
		if (this.executor == null || !this.serial.isScheduled()) {
			return;
		}
		switch (this.serial.submitTo(this.executor)) {
			case ACCEPTED -> {
			}
			case CALLER -> CallbackExecutor.runInCaller(this.serial);
			case REJECTED -> rejected();
		}
	}

	/**
	 * Submits the due callbacks of several connections.
	 * @param batch the connections, including this one
	 * @return false: each must be submitted separately
	 */
	boolean submit(CallbackBatch batch) {
		return this.executor != null && batch.submitTo(this.executor) == CallbackExecutor.Submission.ACCEPTED;
	}

	private void rejected() {
		this.connection.observer().callbackRejected();
		if (this.connection.isExecutorClosing() || this.tasks.loop().isShuttingDown()) {
			// remaining callbacks, such as onClose, have no other thread
			CallbackExecutor.runInCaller(this.serial);
		}
		else {
			this.tasks.retry(this);
		}
	}

	/**
	 * A task of the application, or of one of its listeners.
	 *
	 * @param action the action
	 * @param counter counts the waiting tasks of its kind
	 */
	private record Task(Runnable action, AtomicIntegerFieldUpdater<ConnectionCallbacks> counter) {

	}

}
