package io.iodine.process;

import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ScheduledFuture;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A worker process, as the master has it. Owned by the event loop of the master. */
final class Worker implements RelayPeer {

	private final WorkerIdentity identity;

	private final WorkerProcesses.Handle process;

	private final Cluster cluster;

	private final long started = System.nanoTime();

	private WorkerState state = WorkerState.STARTING;

	private @Nullable WorkerLink link;

	private @Nullable ScheduledFuture<?> deadline;

	/** When it became ready; when it was started, until then. */
	private long serving = this.started;

	private int unanswered;

	private boolean killed;

	private boolean largeFromStart;

	Worker(WorkerIdentity identity, WorkerProcesses.Handle process, Cluster cluster) {
		this.identity = identity;
		this.process = process;
		this.cluster = cluster;
	}

	@Override
	public int number() {
		return this.identity.number();
	}

	int generation() {
		return this.identity.generation();
	}

	long pid() {
		return this.process.pid();
	}

	WorkerState state() {
		return this.state;
	}

	Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.started);
	}

	/** For how long it has been ready. */
	Duration served() {
		return Duration.ofNanos(System.nanoTime() - this.serving);
	}

	@Override
	public boolean isReady() {
		return this.state == WorkerState.READY;
	}

	long residentMemory() {
		return this.process.residentMemory();
	}

	/** It had more memory than it may have when it became ready. */
	void startedLarge() {
		this.largeFromStart = true;
	}

	boolean isLargeFromStart() {
		return this.largeFromStart;
	}

	boolean wasKilled() {
		return this.killed;
	}

	/** Its control channel is open. */
	void connected(WorkerLink control) {
		this.link = control;
		if (this.state == WorkerState.STOPPING) {
			control.send(Frame.of(FrameType.STOP));
		}
	}

	boolean isConnected() {
		return this.link != null;
	}

	void disconnected() {
		this.link = null;
	}

	void ready() {
		cancelDeadline();
		this.serving = System.nanoTime();
		this.state = WorkerState.READY;
	}

	void gone() {
		cancelDeadline();
		this.state = WorkerState.GONE;
		if (this.link != null) {
			this.link.close();
			this.link = null;
		}
	}

	/** Tells it to drain and exit. */
	void stop() {
		if (this.state == WorkerState.STOPPING || this.state == WorkerState.GONE) {
			return;
		}
		cancelDeadline();
		this.state = WorkerState.STOPPING;
		if (this.link != null) {
			this.link.send(Frame.of(FrameType.STOP));
		}
		else {
			this.process.terminate();
		}
	}

	void kill() {
		if (this.state != WorkerState.GONE) {
			this.killed = true;
			this.process.kill();
		}
	}

	void deadline(ScheduledFuture<?> next) {
		cancelDeadline();
		this.deadline = next;
	}

	private void cancelDeadline() {
		if (this.deadline != null) {
			this.deadline.cancel(false);
			this.deadline = null;
		}
	}

	/**
	 * Asks for a sign of life. A worker that reads what waits for it lives, although the
	 * question stands behind all that.
	 * @return how many times in a row it gave none
	 */
	int beat() {
		if (this.link == null) {
			return 0;
		}
		if (this.link.isBacklogRead()) {
			this.unanswered = 0;
		}
		this.link.send(Frame.of(FrameType.PING));
		return this.unanswered++;
	}

	void answered() {
		this.unanswered = 0;
	}

	void tell(FrameType type, String body) {
		if (this.link != null) {
			this.link.send(Frame.of(type, body));
		}
	}

	@Override
	public void send(ByteBuf body) {
		if (this.link == null || this.killed) {
			body.release();
		}
		else if (!this.link.send(Frame.of(FrameType.RELAY, body))) {
			stalled(this.link);
		}
	}

	@Override
	public void answer(Iterator<ByteBuf> bodies) {
		if (this.link != null && !this.killed) {
			this.link.answer(bodies);
		}
	}

	/** It has read, so that more may be sent. */
	void writable() {
		if (this.link != null) {
			this.link.sendAnswers();
		}
	}

	@Override
	public void forward(ByteBuf body) {
		if (this.link != null && !this.killed && !this.link.forward(body)) {
			stalled(this.link);
		}
	}

	private void stalled(WorkerLink full) {
		this.cluster.stalled(this, "does not take what is relayed to it: " + full.pending()
				+ " bytes wait (iodine.cluster.max-relay-pending)");
	}

	@Override
	public String toString() {
		return "Worker " + number() + " of generation " + generation() + " (process " + pid() + ")";
	}

}
