package io.iodine.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;

import io.iodine.Message;

/**
 * The turns of one connection: what its handler and listeners are to do, one at a time
 * and in order, on a callback thread or on the event loop. Any thread may add.
 */
final class SerialExecutor implements Runnable {

	/** After so many callbacks another connection may have the thread. */
	private static final int CALLBACKS_PER_TURN = 64;

	private static final AtomicIntegerFieldUpdater<SerialExecutor> LENGTH = AtomicIntegerFieldUpdater
		.newUpdater(SerialExecutor.class, "length");

	private static final AtomicIntegerFieldUpdater<SerialExecutor> MESSAGES = AtomicIntegerFieldUpdater
		.newUpdater(SerialExecutor.class, "messages");

	private static final AtomicIntegerFieldUpdater<SerialExecutor> MESSAGE_BYTES = AtomicIntegerFieldUpdater
		.newUpdater(SerialExecutor.class, "messageBytes");

	private static final AtomicIntegerFieldUpdater<SerialExecutor> TASKS = AtomicIntegerFieldUpdater
		.newUpdater(SerialExecutor.class, "tasks");

	private static final AtomicIntegerFieldUpdater<SerialExecutor> HEARINGS = AtomicIntegerFieldUpdater
		.newUpdater(SerialExecutor.class, "hearings");

	private final NettyConnection connection;

	private final ConnectionSettings settings;

	/** Where turns run: the event loop, when there is no executor. */
	private final @Nullable Executor executor;

	private final EventLoopTasks turn;

	private final CallbackScope scope;

	/** {@link Message}s, {@link Task}s and other {@link Runnable}s. */
	private final Queue<Object> items = new ConcurrentLinkedQueue<>();

	/** What waits or runs; whoever raises it from 0 starts a turn. */
	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int length;

	private volatile int messages;

	private volatile int messageBytes;

	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int tasks;

	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int hearings;

	SerialExecutor(NettyConnection connection, @Nullable Executor executor, EventLoopTasks turn, CallbackScope scope) {
		this.connection = connection;
		this.settings = connection.settings();
		this.executor = executor;
		this.turn = turn;
		this.scope = scope;
	}

	/**
	 * Adds a message of the peer. Event loop only.
	 * @param message the message
	 */
	void addMessage(Message message) {
		if (this.executor == null && this.scope == CallbackScope.NONE && LENGTH.compareAndSet(this, 0, 1)) {
			this.connection.handle(message);
			if (LENGTH.decrementAndGet(this) > 0) {
				run();
			}
			return;
		}
		MESSAGES.incrementAndGet(this);
		MESSAGE_BYTES.addAndGet(this, message.size());
		this.connection.receiveMemory().received(message.size());
		add(message);
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
	 * Adds what a listener is to hear, within bounds of its own: channels must not keep
	 * the application from deferring.
	 * @param hearing the listener's task
	 * @return false when too many wait already
	 */
	boolean addHearing(Runnable hearing) {
		return addBounded(new Task(hearing, HEARINGS));
	}

	private boolean addBounded(Task task) {
		if (task.counter().incrementAndGet(this) > this.settings.maxPendingTasks()) {
			task.counter().decrementAndGet(this);
			return false;
		}
		add(task);
		return true;
	}

	/**
	 * Adds what happens at most a few times in a connection's life.
	 * @param event what to do
	 */
	void addEvent(Runnable event) {
		add(event);
	}

	/** Whether so many messages wait that reading is to pause. */
	boolean isFull() {
		return this.messages >= this.settings.receiveQueueMaxMessages()
				|| this.messageBytes >= this.settings.receiveQueueMaxBytes();
	}

	/** Whether so few messages wait that reading may go on. */
	boolean hasRoom() {
		return this.messages <= this.settings.receiveQueueMaxMessages() / 2
				&& this.messageBytes <= this.settings.receiveQueueMaxBytes() / 2;
	}

	@Override
	public void run() {
		if (this.scope == CallbackScope.NONE) {
			turn();
		}
		else {
			this.scope.run(this::turn);
		}
	}

	/**
	 * Has turns run where those of this connection do.
	 * @param turns this queue, or several with the same threads
	 */
	void submit(Runnable turns) {
		try {
			((this.executor != null) ? this.executor : this.turn.loop()).execute(turns);
		}
		catch (RejectedExecutionException ex) {
			// the context is closing: what is left, onClose above all, runs here
			turns.run();
		}
	}

	private void add(Object item) {
		this.items.add(item);
		if (LENGTH.getAndIncrement(this) == 0) {
			start();
		}
	}

	private void start() {
		boolean here = this.turn.isHere();
		if (here && this.executor == null) {
			run();
		}
		else if (here) {
			this.turn.due(this);
		}
		else {
			submit(this);
		}
	}

	private void turn() {
		int left = CALLBACKS_PER_TURN;
		do {
			Object item = this.items.poll();
			if (item instanceof Message message) {
				this.connection.handle(message);
				MESSAGE_BYTES.addAndGet(this, -message.size());
				MESSAGES.decrementAndGet(this);
				this.connection.receiveMemory().handled(message.size());
				this.connection.receiveQueue().handled();
			}
			else if (item instanceof Task task) {
				task.counter().decrementAndGet(this);
				task.action().run();
			}
			else if (item instanceof Runnable event) {
				event.run();
			}
			if (--left == 0 && LENGTH.decrementAndGet(this) > 0) {
				submit(this);
				return;
			}
		}
		while (left > 0 && LENGTH.decrementAndGet(this) > 0);
	}

	/**
	 * A task of the application, or of one of its listeners.
	 *
	 * @param action what to do
	 * @param counter which of its kind wait
	 */
	private record Task(Runnable action, AtomicIntegerFieldUpdater<SerialExecutor> counter) {

	}

}
