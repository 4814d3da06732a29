package io.iodine.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.iodine.Protocol;
import io.iodine.concurrent.SafeLog;
import io.iodine.concurrent.SerialExecutor;
import io.iodine.connection.fanout.FanoutEventLoop;
import io.iodine.connection.frame.SharedReader;
import io.netty.channel.EventLoop;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Runs the tasks of other threads on one event loop in batches. A run takes the waiting
 * tasks, delivers the messages of each channel together, flushes each connection once,
 * and submits the callbacks that became due as one batch. Any thread may {@link #post};
 * the other methods belong to the event loop unless they say otherwise.
 * <p>
 * It is long because the order of these steps within a run is what it is for.
 */
final class EventLoopTasks implements Runnable, FanoutEventLoop {

	private static final Log logger = LogFactory.getLog(EventLoopTasks.class);

	/** Maximum number of tasks of a run, after which the event loop reads its sockets. */
	private static final int TASKS_PER_TURN = 1024;

	/** Maximum time for which a posted task waits for further tasks. */
	private static final long HOLD_MICROS = 1000;

	/** Time after which deliveries pause, so that the event loop reads its sockets. */
	private static final long DELIVERY_NANOS = 2_000_000;

	/** Number of flushes between two checks of the time. */
	private static final int FLUSHES_PER_LOOK = 32;

	/** Approximate memory of a publication besides its content, in bytes. */
	private static final int PUBLICATION_OVERHEAD = 64;

	/** Delay after which rejected callbacks are submitted again. */
	private static final int RETRY_MILLIS = 10;

	private final EventLoop loop;

	private final IdleWheel wheel;

	private final SharedReader reader = new SharedReader();

	private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final Queue<Delivery> filled = new ArrayDeque<>();

	private final Queue<Flush> unflushed = new ArrayDeque<>();

	private final List<ConnectionCallbacks> due = new ArrayList<>();

	/** Event-loop callbacks that became due while another one ran. */
	private final Queue<SerialExecutor<?>> nested = new ArrayDeque<>();

	/** Callbacks that the callback executor rejected. */
	private final Queue<ConnectionCallbacks> rejected = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean retrying = new AtomicBoolean();

	private final AtomicLong publishedBytes = new AtomicLong();

	private final Map<Protocol, EventLoopTraffic> traffic = new EnumMap<>(Protocol.class);

	private final AtomicLong blockedBytes = new AtomicLong();

	/** When the deliveries of the run, or its flushes, began. Event loop. */
	private long deliveriesBegan;

	/** Whether posted tasks wait for {@link #release}. */
	private volatile boolean held;

	/** Whether the end of the hold is scheduled. Event loop. */
	private boolean holdEnds;

	/** Number of further tasks that the run may take. Event loop. */
	private int tasksLeft;

	/** Whether tasks were posted within the run and before a hold. Event loop. */
	private boolean posted;

	/** Whether a run is in progress. Event loop. */
	private boolean running;

	/** Whether a callback is running on this event loop. Event loop. */
	private boolean calling;

	EventLoopTasks(EventLoop loop) {
		this.loop = loop;
		this.wheel = new IdleWheel(loop);
		for (Protocol protocol : Protocol.values()) {
			this.traffic.put(protocol, new EventLoopTraffic());
		}
	}

	boolean inEventLoop() {
		return this.loop.inEventLoop();
	}

	EventLoop loop() {
		return this.loop;
	}

	/** Reader of the WebSockets that are between two messages. Event loop. */
	SharedReader reader() {
		return this.reader;
	}

	IdleWheel wheel() {
		return this.wheel;
	}

	/**
	 * Adds to the bytes that wait for sockets whose send buffer is full. Event loop only,
	 * so that it costs a plain addition.
	 * @param bytes the difference, negative for fewer
	 */
	void addBlockedBytes(long bytes) {
		this.blockedBytes.setOpaque(this.blockedBytes.getPlain() + bytes);
	}

	/** Bytes that wait for sockets whose send buffer is full. Any thread. */
	long blockedBytes() {
		return this.blockedBytes.get();
	}

	/** Traffic of the connections of a protocol on this event loop. */
	EventLoopTraffic traffic(Protocol protocol) {
		return Objects.requireNonNull(this.traffic.get(protocol));
	}

	/**
	 * Runs a task in the next run, in the order of posting. The task is dropped when the
	 * event loop has ended, as its connections have.
	 * @param task the task
	 */
	@Override
	public void post(Runnable task) {
		this.mailbox.add(task);
		if (!this.held) {
			schedule();
		}
	}

	/**
	 * Runs a task on the event loop after a delay, unless the event loop has ended. Any
	 * thread.
	 * @param task the task
	 * @param millis the delay in milliseconds
	 */
	void later(Runnable task, int millis) {
		try {
			Future<?> unused = this.loop.schedule(task, millis, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The event loop has ended", ex);
		}
	}

	/** Schedules a run for posted tasks, held or not. Any thread. */
	void wake() {
		if (!this.mailbox.isEmpty()) {
			schedule();
		}
	}

	/** Ends a hold and schedules a run for the tasks posted meanwhile. Any thread. */
	void release() {
		this.held = false;
		wake();
	}

	/**
	 * Reserves memory for a publication. Any thread.
	 * @param bytes its size
	 * @param max the maximum of all waiting publications, in bytes
	 * @return false when the maximum is reached
	 */
	@Override
	public boolean reserve(int bytes, long max) {
		long cost = (long) bytes + PUBLICATION_OVERHEAD;
		if (this.publishedBytes.addAndGet(cost) > max) {
			this.publishedBytes.addAndGet(-cost);
			return false;
		}
		return true;
	}

	@Override
	public void unreserve(int bytes) {
		this.publishedBytes.addAndGet(-((long) bytes + PUBLICATION_OVERHEAD));
	}

	/**
	 * Delivers the messages of a channel at the end of the run.
	 * @param channel the channel, to which messages were added
	 */
	@Override
	public void deliverLater(Delivery channel) {
		this.filled.add(channel);
		scheduleUnlessRunning();
	}

	@Override
	public boolean isTimeUp() {
		// there may be no further run
		return System.nanoTime() - this.deliveriesBegan > DELIVERY_NANOS && !this.loop.isShuttingDown();
	}

	/**
	 * Flushes a send queue at the end of the run, or of a later one if the time does not
	 * suffice.
	 * @param sendQueue the send queue
	 */
	void unflushed(Flush sendQueue) {
		this.unflushed.add(sendQueue);
		scheduleUnlessRunning();
	}

	/**
	 * Submits callbacks to the callback threads at the end of the run.
	 * @param callbacks the callbacks of a connection
	 */
	void due(ConnectionCallbacks callbacks) {
		this.due.add(callbacks);
		if (this.loop.isShuttingDown()) {
			// there may be no further run
			handOver();
		}
		else {
			scheduleUnlessRunning();
		}
	}

	/**
	 * Runs callbacks on the event loop: at once, or after the callback that runs here, so
	 * that callbacks which cause callbacks don't fill the stack. Any thread.
	 * @param callbacks what is due
	 */
	void call(SerialExecutor<?> callbacks) {
		if (!inEventLoop()) {
			post(() -> call(callbacks));
		}
		else if (this.calling) {
			this.nested.add(callbacks);
		}
		else {
			this.calling = true;
			try {
				callbacks.runScheduled();
			}
			finally {
				endCall();
			}
		}
	}

	/**
	 * Begins a callback on the event loop, unless earlier callbacks wait.
	 * @param callbacks the callbacks of its connection
	 * @return true when {@link #exit} must follow
	 */
	boolean tryEnter(SerialExecutor<?> callbacks) {
		if (this.calling || !callbacks.tryEnter()) {
			return false;
		}
		this.calling = true;
		return true;
	}

	/**
	 * Ends a callback.
	 * @param callbacks the callbacks of its connection
	 */
	void exit(SerialExecutor<?> callbacks) {
		try {
			callbacks.exit();
		}
		finally {
			endCall();
		}
	}

	private void endCall() {
		this.calling = false;
		if (this.nested.isEmpty()) {
			return;
		}
		if (this.loop.isShuttingDown()) {
			// there may be no further run
			callNested(Integer.MAX_VALUE);
		}
		else {
			scheduleUnlessRunning();
		}
	}

	private void callNested(int max) {
		SerialExecutor<?> next;
		for (int left = max; left > 0 && (next = this.nested.poll()) != null; left--) {
			this.calling = true;
			try {
				next.runScheduled();
			}
			finally {
				this.calling = false;
			}
		}
	}

	/**
	 * Submits callbacks again later that the callback executor has rejected. Any thread.
	 * @param callbacks the callbacks of a connection
	 */
	void retry(ConnectionCallbacks callbacks) {
		this.rejected.add(callbacks);
		if (this.retrying.compareAndSet(false, true)) {
			later(this::retryRejected, RETRY_MILLIS);
		}
	}

	private void retryRejected() {
		this.retrying.set(false);
		ConnectionCallbacks next;
		for (int left = this.rejected.size(); left > 0 && (next = this.rejected.poll()) != null; left--) {
			next.submit();
		}
	}

	@Override
	public void run() {
		this.running = true;
		try {
			runTasks();
		}
		finally {
			this.running = false;
			endRun();
		}
	}

	private void runTasks() {
		this.wheel.readClock();
		this.tasksLeft = TASKS_PER_TURN;
		for (Runnable task; this.tasksLeft > 0 && (task = this.mailbox.poll()) != null; this.tasksLeft--) {
			guarded(task);
		}
		callNested(this.nested.size());
		if (!this.filled.isEmpty()) {
			deliver();
		}
		flush();
		this.posted = !this.mailbox.isEmpty();
		handOver();
	}

	/**
	 * Schedules the next run if work remains. Paused work continues only after the event
	 * loop has read its sockets: {@code scheduled} stays set until then, so that tasks
	 * posted meanwhile do not cause an earlier run.
	 */
	private void endRun() {
		if (this.tasksLeft == 0 || !this.filled.isEmpty() || !this.unflushed.isEmpty() || !this.due.isEmpty()
				|| !this.nested.isEmpty()) {
			executeAfterSockets();
			return;
		}
		this.scheduled.set(false);
		if (this.posted || !this.held) {
			wake();
		}
	}

	/**
	 * Executes the next run after the event loop has read its sockets. Netty runs tasks
	 * that a task executes in the same pass, before it reads, and tasks that it schedules
	 * in the next pass, after it.
	 */
	private void executeAfterSockets() {
		if (this.loop.isShuttingDown()) {
			execute();
			return;
		}
		try {
			this.loop.schedule(this, 0, TimeUnit.NANOSECONDS).addListener((scheduling) -> {
				if (scheduling.isCancelled()) {
					// the event loop ends and cancels what is scheduled
					execute();
				}
			});
		}
		catch (Throwable ex) {
			// it has ended, or has no memory to schedule
			execute();
		}
	}

	/** Flushes one send queue after the other until the time is up. */
	private void flush() {
		if (this.unflushed.size() > FLUSHES_PER_LOOK) {
			this.deliveriesBegan = System.nanoTime();
		}
		int left = FLUSHES_PER_LOOK;
		for (Flush sendQueue; (sendQueue = this.unflushed.poll()) != null;) {
			flush(sendQueue);
			if (--left == 0) {
				left = FLUSHES_PER_LOOK;
				if (!this.unflushed.isEmpty() && isTimeUp()) {
					return;
				}
			}
		}
	}

	/**
	 * Delivers to one channel after the other; what the time does not suffice for waits.
	 */
	private void deliver() {
		boolean flush = this.filled.size() == 1;
		this.deliveriesBegan = System.nanoTime();
		for (Delivery channel; (channel = this.filled.poll()) != null;) {
			Delivery next = channel;
			guarded(() -> next.deliver(flush));
			if (!this.filled.isEmpty() && isTimeUp()) {
				return;
			}
		}
	}

	/** Uses no lambda, because it runs for each message. */
	private static void flush(Flush sendQueue) {
		try {
			sendQueue.flush();
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> "A flush failed", ex);
		}
	}

	private void handOver() {
		if (this.due.size() == 1) {
			ConnectionCallbacks only = this.due.remove(0);
			only.submit();
		}
		else if (!this.due.isEmpty()) {
			CallbackBatch all = new CallbackBatch(this.due, this);
			this.due.clear();
			hold();
			all.submit();
		}
	}

	/**
	 * Holds posted tasks back for a moment, because waking the event loop for each of a
	 * hundred answers costs more than the answers.
	 */
	private void hold() {
		if (this.loop.isShuttingDown()) {
			return;
		}
		if (!this.holdEnds) {
			Future<?> unused = this.loop.schedule(this::endHold, HOLD_MICROS, TimeUnit.MICROSECONDS);
			this.holdEnds = true;
		}
		this.held = true;
	}

	private void endHold() {
		this.holdEnds = false;
		release();
	}

	private void scheduleUnlessRunning() {
		if (!this.running) {
			schedule();
		}
	}

	private void schedule() {
		if (!this.scheduled.get() && this.scheduled.compareAndSet(false, true)) {
			execute();
		}
	}

	private void execute() {
		try {
			this.loop.execute(this);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The event loop has ended", ex);
		}
		catch (Throwable ex) {
			// the next task that is posted tries again
			this.scheduled.set(false);
			throw ex;
		}
	}

	private static void guarded(Runnable task) {
		// an exception would skip the rest of the run, for all connections
		SafeLog.guard(logger, "A task of an event loop", task);
	}

	/** What is flushed at the end of a run: the send queue of a connection. */
	@FunctionalInterface
	interface Flush {

		void flush();

	}

}
