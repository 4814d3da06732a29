package io.iodine.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.iodine.concurrent.SafeLog;
import io.netty.channel.EventLoop;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Supervises the workers: starts the first alone and then the others, respawns what ends
 * unasked, restarts one at a time, and stops all. Owned by the event loop of the master.
 */
final class Cluster {

	private static final Log logger = LogFactory.getLog(Cluster.class);

	/** A status of our own would say less than that of the worker. */
	private static final int GAVE_UP = 1;

	private final ClusterSettings settings;

	private final WorkerLauncher launcher;

	private final EventLoop loop;

	private final ClusterListener listener;

	private final List<WorkerSlot> slots;

	/** All processes that have not ended, by their id. */
	private final Map<Long, Worker> alive = new HashMap<>();

	private final RestartPlan restarts = new RestartPlan();

	private final CrashReports crashes = new CrashReports();

	private final MemoryLimit memory;

	/** The worker that a restart waits for to end. */
	private @Nullable Worker leaving;

	private boolean served;

	private boolean complete;

	private boolean stopping;

	private int status;

	Cluster(ClusterSettings settings, JavaCommand command, WorkerProcesses processes, Path control, EventLoop loop,
			ClusterListener listener) {
		this.settings = settings;
		this.launcher = new WorkerLauncher(settings, command, processes, control);
		this.loop = loop;
		this.listener = listener;
		this.memory = new MemoryLimit(settings.maxMemory());
		this.slots = IntStream.rangeClosed(1, settings.processes()).mapToObj(WorkerSlot::new).toList();
	}

	/** Starts the first worker; the others follow when it is ready. */
	void start() {
		spawn(this.slots.get(0));
		every(this.settings.heartbeatInterval(), this::beat);
		every(this.settings.restartEvery(), this::restart);
	}

	private void every(Duration interval, Runnable task) {
		if (!interval.isZero()) {
			// one that fails would be the last
			Runnable guarded = () -> SafeLog.guard(logger, "A task of the master", task);
			ScheduledFuture<?> unused = this.loop.scheduleWithFixedDelay(guarded, interval.toNanos(),
					interval.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	private ScheduledFuture<?> after(Duration delay, Runnable task) {
		return this.loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
	}

	/** The worker of a process id. */
	@Nullable Worker worker(long pid) {
		return this.alive.get(pid);
	}

	private void spawn(WorkerSlot slot) {
		slot.cancelRetry();
		WorkerIdentity identity = this.launcher.identity(slot.number(), this.restarts.generation());
		try {
			this.listener.starting();
			Worker[] started = new Worker[1];
			WorkerProcesses.Handle process = this.launcher.start(identity,
					(exit) -> this.loop.execute(() -> exited(started[0], exit)));
			Worker worker = new Worker(identity, process, this);
			started[0] = worker;
			this.alive.put(worker.pid(), worker);
			slot.starts(worker);
			worker.deadline(after(this.settings.startTimeout(), () -> startTimedOut(worker)));
			logger.info(worker + " starts");
		}
		catch (IOException ex) {
			logger.error("Worker " + slot.number() + " can't be started: " + ex.getMessage());
			notStarted(slot);
		}
		catch (Throwable ex) {
			// no thread or no memory may be left, for a while
			logger.error("Worker " + slot.number() + " can't be started", ex);
			notStarted(slot);
		}
	}

	private void notStarted(WorkerSlot slot) {
		slot.nextFailed();
		startFailed(slot);
	}

	private void startTimedOut(Worker worker) {
		logger.error(worker + " was not ready within " + this.settings.startTimeout().toMillis()
				+ " ms (iodine.cluster.start-timeout), and is killed");
		worker.kill();
	}

	/** A worker serves. */
	void ready(Worker worker) {
		WorkerSlot slot = slot(worker);
		if (slot.next() != worker || worker.state() != WorkerState.STARTING) {
			return;
		}
		worker.ready();
		Worker replaced = slot.promote();
		logger.info(worker + " is ready after " + worker.age().toMillis() + " ms");
		this.memory.measureStart(worker);
		if (!this.served) {
			this.served = true;
			this.slots.stream().skip(1).forEach(this::spawn);
		}
		if (replaced != null) {
			this.leaving = replaced;
			stop(replaced);
		}
		else if (this.restarts.isCurrent(slot)) {
			restartNext();
		}
		if (!this.complete && this.slots.stream().allMatch((each) -> each.current() != null)) {
			this.complete = true;
			this.listener.complete();
			restartIfWanted();
		}
		tellState();
		this.crashes.tell(this.alive.values());
	}

	private void stop(Worker worker) {
		worker.stop();
		worker.deadline(after(this.settings.stopTimeout(), () -> stopTimedOut(worker)));
	}

	/** A worker whose control channel has ended stops by itself. */
	void disconnected(Worker worker) {
		worker.disconnected();
		if (worker.isReady()) {
			worker.deadline(after(this.settings.stopTimeout(), () -> stopTimedOut(worker)));
		}
	}

	private void stopTimedOut(Worker worker) {
		logger.warn(worker + " did not stop within " + this.settings.stopTimeout().toMillis()
				+ " ms (iodine.cluster.stop-timeout), and is killed");
		worker.kill();
	}

	/** A worker must be ended at once. */
	void stalled(Worker worker, String why) {
		if (!worker.wasKilled()) {
			logger.error(worker + " " + why + ", and is killed");
			worker.kill();
		}
	}

	private void beat() {
		long unansweredAtMost = this.settings.heartbeatTimeout().toNanos()
				/ Math.max(1, this.settings.heartbeatInterval().toNanos());
		for (Worker worker : List.copyOf(this.alive.values())) {
			int unanswered = worker.beat();
			if (unansweredAtMost > 0 && unanswered >= unansweredAtMost) {
				stalled(worker, "gave no sign of life for " + this.settings.heartbeatTimeout().toMillis()
						+ " ms (iodine.cluster.heartbeat-timeout)");
			}
			if (worker.isReady() && !this.restarts.includes(worker.number()) && !slot(worker).isBackingOff()
					&& this.memory.isExceeded(worker)) {
				restart(worker.number());
			}
		}
	}

	/** A process has ended. */
	private void exited(Worker worker, int exit) {
		this.alive.remove(worker.pid());
		WorkerState before = worker.state();
		worker.gone();
		this.listener.left(worker);
		if (this.stopping) {
			logger.info(worker + " has ended with status " + exit);
			finishIfAllGone();
			return;
		}
		WorkerSlot slot = slot(worker);
		if (worker == this.leaving) {
			this.leaving = null;
			logger.info(worker + " has ended with status " + exit);
			if (this.restarts.isCurrent(slot)) {
				successorServes(slot);
			}
		}
		else if (worker == slot.next()) {
			logger.error(worker + " ended with status " + exit + " before it was ready");
			slot.nextFailed();
			crashed(worker, exit, false);
			startFailed(slot);
		}
		else if (worker == slot.current()) {
			ended(slot, worker, before, exit);
		}
		tellState();
	}

	/** Goes on with a restart, unless the successor has ended already. */
	private void successorServes(WorkerSlot slot) {
		if (slot.current() != null) {
			restartNext();
			return;
		}
		logger.error("The restart has failed: the new worker " + slot.number()
				+ " has ended before the old one, and the workers that are left go on");
		abandonRestart();
	}

	private void ended(WorkerSlot slot, Worker worker, WorkerState before, int exit) {
		slot.currentEnded(worker);
		// one that was told to end does so with 0 or 143
		boolean crash = exit != 0 && exit != 143 && before != WorkerState.STOPPING;
		if (crash) {
			crashed(worker, exit, true);
		}
		String what = worker + " ended unasked with status " + exit;
		if (slot.next() != null) {
			logger.warn(what + " while its successor starts");
			return;
		}
		if (crash && slot.failures() >= this.settings.maxFailures() && noneServes()) {
			logger.error(what + ". No worker serves, and " + slot.failures()
					+ " have ended in a row soon after their start (iodine.cluster.max-failures): giving up");
			stop(GAVE_UP);
			return;
		}
		if (crash) {
			logger.error(what + ", and is started again in " + slot.delay().toMillis() + " ms");
		}
		else {
			logger.info(what + ", and is started again");
		}
		spawnLater(slot);
	}

	private void crashed(Worker worker, int exit, boolean hadServed) {
		this.crashes.add(worker, exit, hadServed);
		this.crashes.tell(this.alive.values());
	}

	private void startFailed(WorkerSlot slot) {
		boolean restart = this.restarts.isCurrent(slot);
		if (restart && slot.current() != null) {
			logger.error("The restart has failed: the workers that serve go on. The lines before this one, of worker "
					+ slot.number() + " of generation " + this.restarts.generation() + ", say why");
			abandonRestart();
			return;
		}
		if (restart) {
			abandonRestart();
		}
		if (noneServes() && (!this.served || slot.failures() >= this.settings.maxFailures())) {
			logger.error(this.served
					? "No worker serves, and " + slot.failures()
							+ " starts have failed in a row (iodine.cluster.max-failures): giving up"
					: "The first worker can't start: giving up. The lines before this one say why");
			stop(GAVE_UP);
			return;
		}
		logger.error("Worker " + slot.number() + " has failed to start " + slot.failures()
				+ " times in a row, next try in " + slot.delay().toMillis() + " ms");
		spawnLater(slot);
	}

	private boolean noneServes() {
		return this.slots.stream().allMatch((each) -> each.current() == null);
	}

	private void spawnLater(WorkerSlot slot) {
		slot.retriesWith(after(slot.delay(), () -> spawn(slot)));
	}

	/** Restarts all workers, one at a time. */
	void restart() {
		this.slots.forEach((slot) -> this.restarts.add(slot.number()));
		restartIfWanted();
	}

	/** Restarts one worker. */
	void restart(int number) {
		this.restarts.add(number);
		restartIfWanted();
	}

	private void restartIfWanted() {
		int workers = (this.stopping || !this.complete) ? 0 : this.restarts.begin();
		if (workers > 0) {
			logger.info("Restarts " + workers + " of " + this.slots.size() + " workers as generation "
					+ this.restarts.generation());
			restartNext();
		}
	}

	private void restartNext() {
		int number = this.restarts.next();
		if (number == 0) {
			logger.info("The restart is done: generation " + this.restarts.generation() + " serves");
			this.listener.restarted();
			restartIfWanted();
			return;
		}
		WorkerSlot slot = this.slots.get(number - 1);
		Worker starting = slot.next();
		if (starting != null) {
			// it may be of the old code
			slot.nextDiscarded();
			starting.kill();
		}
		spawn(slot);
	}

	private void abandonRestart() {
		this.restarts.abandon();
		restartIfWanted();
	}

	/** Stops all workers. */
	void stop(int exitStatus) {
		if (this.stopping) {
			return;
		}
		this.stopping = true;
		this.status = exitStatus;
		this.slots.forEach(WorkerSlot::cancelRetry);
		List.copyOf(this.alive.values()).forEach(this::stop);
		finishIfAllGone();
	}

	private void finishIfAllGone() {
		if (this.alive.isEmpty()) {
			this.listener.finished(this.status);
		}
	}

	/** Tells all workers to open their log files anew. */
	void reopen() {
		this.alive.values().forEach((worker) -> worker.tell(FrameType.REOPEN, ""));
	}

	private void tellState() {
		String state = WorkerStatus.format(this.alive.values());
		this.alive.values().forEach((worker) -> worker.tell(FrameType.STATE, state));
	}

	private WorkerSlot slot(Worker worker) {
		return this.slots.get(worker.number() - 1);
	}

}
