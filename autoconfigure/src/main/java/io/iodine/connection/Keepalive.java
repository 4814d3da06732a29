package io.iodine.connection;

import org.jspecify.annotations.Nullable;

/**
 * Idle time-outs of a connection. An idle WebSocket is pinged, and closed when the ping
 * is not answered; a comment is sent on an idle event stream; an idle RAW connection gets
 * {@code onTimeout}. A peer that does not close after a close frame is closed. Belongs to
 * the event loop.
 */
final class Keepalive {

	/** Links of the list of a slot, and the slot. Owned by the wheel. */
	@Nullable Keepalive previous;

	@Nullable Keepalive next;

	int slot = -1;

	private final NettyConnection connection;

	private final int pingTimeout;

	private int interval;

	private int lastRead;

	private boolean unanswered;

	private boolean closing;

	/** Time at which the peer must have answered a ping, or closed. */
	private int deadline;

	Keepalive(NettyConnection connection, int interval, int pingTimeout) {
		this.connection = connection;
		this.interval = interval;
		this.pingTimeout = pingTimeout;
	}

	void start() {
		int now = (int) wheel().readClock();
		this.lastRead = now;
		this.connection.sendQueue().wroteNow();
		if (this.interval > 0) {
			wheel().visit(this, this.interval);
		}
	}

	void interval(int millis) {
		this.interval = millis;
		this.unanswered = false;
		if (!this.closing) {
			wheel().cancel(this);
			start();
		}
	}

	void read() {
		this.lastRead = (int) wheel().readClock();
		this.unanswered = false;
	}

	void closing(int timeout) {
		this.closing = true;
		this.deadline = (int) wheel().readClock() + timeout;
		wheel().visit(this, timeout);
	}

	void stop() {
		wheel().cancel(this);
	}

	/**
	 * Checks the time-outs.
	 * @param clock milliseconds since the wheel was created
	 * @return the delay of the next visit in milliseconds; 0 for none
	 */
	int visited(long clock) {
		int now = (int) clock;
		if (this.closing) {
			return remaining(now, this.deadline, this.connection.life()::abandon);
		}
		if (this.interval == 0) {
			return 0;
		}
		if (this.connection.receiveQueue().isPaused()) {
			// reading is paused, so the peer can't be called idle
			this.lastRead = now;
			this.unanswered = false;
		}
		if (this.unanswered) {
			return remaining(now, this.deadline, this.connection.life()::unanswered);
		}
		int due = silentSince() + this.interval;
		return (now - due < 0) ? due - now : silent(now);
	}

	private IdleWheel wheel() {
		return this.connection.tasks().wheel();
	}

	private int silentSince() {
		return switch (this.connection.protocol()) {
			case WEBSOCKET -> this.lastRead;
			case SSE -> this.connection.sendQueue().lastWritten();
			case RAW -> later(this.lastRead, this.connection.sendQueue().lastWritten());
		};
	}

	private int silent(int now) {
		this.connection.sendQueue().wroteNow();
		switch (this.connection.protocol()) {
			case WEBSOCKET -> {
				this.unanswered = true;
				this.deadline = now + this.pingTimeout;
				this.connection.sendQueue().ping();
				return this.pingTimeout;
			}
			case SSE -> this.connection.sendQueue().ping();
			case RAW -> this.connection.life().idle();
		}
		return this.interval;
	}

	private static int later(int one, int other) {
		return (one - other > 0) ? one : other;
	}

	private static int remaining(int now, int deadline, Runnable atDeadline) {
		if (now - deadline < 0) {
			return deadline - now;
		}
		atDeadline.run();
		return 0;
	}

}
