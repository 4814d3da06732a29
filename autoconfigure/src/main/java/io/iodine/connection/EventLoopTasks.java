package io.iodine.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.iodine.Protocol;
import io.iodine.concurrent.SafeLog;
import io.iodine.concurrent.SerialExecutor;
import io.iodine.connection.fanout.FanoutEventLoop;
import io.netty.channel.EventLoop;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What other threads want done on one event loop, done in turns: a turn takes what waits,
 * joins the messages of each channel, flushes each connection once, and hands the
 * callbacks that became due to the callback threads, all together. Any thread may
 * {@link #post}; all else belongs to the event loop.
 */
final class EventLoopTasks implements Runnable, FanoutEventLoop {

	private static final Log logger = LogFactory.getLog(EventLoopTasks.class);

	/** After so many tasks a turn flushes and lets the event loop see to its sockets. */
	private static final int TASKS_PER_TURN = 1024;

	/** So long at most may what was posted wait for what is about to be posted. */
	private static final long HOLD_MICROS = 1000;

	/** What a publication costs besides its content, in bytes, about. */
	private static final int PUBLICATION_OVERHEAD = 64;

	/** After so long callbacks are submitted again that were rejected. */
	private static final int RETRY_MILLIS = 10;

	private final EventLoop loop;

	private final IdleWheel wheel;

	private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final List<Delivery> filled = new ArrayList<>();

	private final Queue<SendQueue> unflushed = new ArrayDeque<>();

	private final List<ConnectionCallbacks> due = new ArrayList<>();

	/** Callbacks of the event loop that became due inside of one: its own. */
	private final Queue<SerialExecutor<?>> nested = new ArrayDeque<>();

	/** Callbacks that the callback executor rejected. */
	private final Queue<ConnectionCallbacks> rejected = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean retrying = new AtomicBoolean();

	private final AtomicLong publishedBytes = new AtomicLong();

	private final Map<Protocol, EventLoopTraffic> traffic = new EnumMap<>(Protocol.class);

	private final AtomicLong stuckBytes = new AtomicLong();

	/** Whether a turn for what is posted waits for {@link #release}. */
	private volatile boolean held;

	/**
	 * The event loop's own, as is the next: whether an end of the hold is certain, ...
	 */
	private boolean holdEnds;

	/** ... whether what is added now is seen to in this turn, ... */
	private boolean running;

	/** ... and whether a callback runs here. */
	private boolean calling;

	EventLoopTasks(EventLoop loop) {
		this.loop = loop;
		this.wheel = new IdleWheel(loop);
		for (Protocol protocol : Protocol.values()) {
			this.traffic.put(protocol, new EventLoopTraffic());
		}
	}

	boolean isHere() {
		return this.loop.inEventLoop();
	}

	EventLoop loop() {
		return this.loop;
	}

	IdleWheel wheel() {
		return this.wheel;
	}

	/**
	 * Counts bytes that wait for sockets which take nothing more. Event loop only, so
	 * that it costs a plain addition.
	 * @param bytes how many more, or fewer
	 */
	void stuck(long bytes) {
		this.stuckBytes.setOpaque(this.stuckBytes.getPlain() + bytes);
	}

	/** Bytes that wait for sockets which take nothing more. Any thread. */
	long stuckBytes() {
		return this.stuckBytes.get();
	}

	/** What goes through the connections of a protocol here. */
	EventLoopTraffic traffic(Protocol protocol) {
		return Objects.requireNonNull(this.traffic.get(protocol));
	}

	/**
	 * Has a task done in the next turn, in the order of posting. Dropped when the event
	 * loop has ended, as its connections have.
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
	 * Has a task done on the event loop after a while, unless that has ended. Any thread.
	 * @param task the task
	 * @param millis after how many milliseconds
	 */
	void later(Runnable task, int millis) {
		try {
			this.loop.schedule(task, millis, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The event loop has ended", ex);
		}
	}

	/** Has what was posted done, held or not. Any thread. */
	void wake() {
		if (!this.mailbox.isEmpty()) {
			schedule();
		}
	}

	/** Ends a hold, and has what was posted meanwhile done. Any thread. */
	void release() {
		this.held = false;
		wake();
	}

	/**
	 * Makes room for a publication, of which only so many bytes may wait. Any thread.
	 * @param bytes how many it has
	 * @param max how many may wait
	 * @return false when too much waits
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
	 * Has a channel delivered at the end of the turn.
	 * @param channel the channel, to which messages were added
	 */
	@Override
	public void deliverLater(Delivery channel) {
		this.filled.add(channel);
		scheduleUnlessRunning();
	}

	/**
	 * Has an outbox flushed at the end of the turn.
	 * @param sendQueue the outbox
	 */
	void unflushed(SendQueue sendQueue) {
		this.unflushed.add(sendQueue);
		scheduleUnlessRunning();
	}

	/**
	 * Has callbacks run on callback threads at the end of the turn.
	 * @param callbacks where they wait
	 */
	void due(ConnectionCallbacks callbacks) {
		this.due.add(callbacks);
		if (this.loop.isShuttingDown()) {
			// there may be no further turn
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
		if (!isHere()) {
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
	 * Takes a turn for a callback on the event loop, unless others are before it.
	 * @param callbacks those of its connection
	 * @return true when {@link #exit} is to follow
	 */
	boolean tryEnter(SerialExecutor<?> callbacks) {
		if (this.calling || !callbacks.tryEnter()) {
			return false;
		}
		this.calling = true;
		return true;
	}

	/**
	 * Ends the turn of a callback.
	 * @param callbacks those of its connection
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
			// there may be no further turn
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
	 * Submits callbacks again in a while, which the callback executor has rejected. Any
	 * thread.
	 * @param callbacks what is due
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
		this.scheduled.set(false);
		this.running = true;
		try {
			runTasks();
		}
		finally {
			this.running = false;
			if (!this.filled.isEmpty() || !this.unflushed.isEmpty() || !this.due.isEmpty() || !this.nested.isEmpty()) {
				schedule();
			}
		}
	}

	private void runTasks() {
		this.wheel.readClock();
		int left = TASKS_PER_TURN;
		for (Runnable task; left > 0 && (task = this.mailbox.poll()) != null; left--) {
			guarded(task);
		}
		if (left == 0) {
			schedule();
		}
		callNested(this.nested.size());
		boolean flush = this.filled.size() == 1;
		try {
			for (Delivery channel : this.filled) {
				guarded(() -> channel.deliver(flush));
			}
		}
		finally {
			this.filled.clear();
		}
		for (SendQueue sendQueue; (sendQueue = this.unflushed.poll()) != null;) {
			flush(sendQueue);
		}
		handOver();
	}

	/** Without a lambda, because this is done for each message. */
	private static void flush(SendQueue sendQueue) {
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
	 * Lets what is posted from now on wait for what else is about to be: to wake the
	 * event loop for each of a hundred answers costs more than the answers.
	 */
	private void hold() {
		if (this.loop.isShuttingDown()) {
			return;
		}
		if (!this.holdEnds) {
			this.loop.schedule(this::endHold, HOLD_MICROS, TimeUnit.MICROSECONDS);
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
			try {
				this.loop.execute(this);
			}
			catch (RejectedExecutionException ex) {
				logger.debug("The event loop has ended", ex);
			}
		}
	}

	private static void guarded(Runnable task) {
		// one that got away would leave the turn unfinished for every connection here
		SafeLog.guard(logger, "A task of an event loop", task);
	}

}
