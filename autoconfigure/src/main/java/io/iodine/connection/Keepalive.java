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

	/**
	 * Time of the last read; while a ping is unanswered or the connection closes, the
	 * time at which the peer must have answered or closed.
	 */
	private int time;

	private boolean unanswered;

	private boolean closing;

	Keepalive(NettyConnection connection, int pingTimeout) {
		this.connection = connection;
		this.pingTimeout = pingTimeout;
	}

	void start() {
		readAt((int) wheel().readClock());
		this.connection.sendQueue().wroteNow();
		int interval = this.connection.idleMillis();
		if (interval > 0) {
			wheel().visit(this, interval);
		}
	}

	void intervalChanged() {
		if (!this.closing) {
			wheel().cancel(this);
			start();
		}
	}

	void read() {
		readAt((int) wheel().readClock());
	}

	private void readAt(int now) {
		if (!this.closing) {
			this.time = now;
			this.unanswered = false;
		}
	}

	void closing(int timeout) {
		this.closing = true;
		this.time = (int) wheel().readClock() + timeout;
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
			return remaining(now, this.connection.life()::abandon);
		}
		int interval = this.connection.idleMillis();
		if (interval == 0) {
			return 0;
		}
		if (this.connection.receiveQueue().isPaused()) {
			// reading is paused, so the peer can't be called idle
			readAt(now);
		}
		if (this.unanswered) {
			return remaining(now, this.connection.life()::unanswered);
		}
		int due = silentSince() + interval;
		return (now - due < 0) ? due - now : silent(now, interval);
	}

	private IdleWheel wheel() {
		return this.connection.tasks().wheel();
	}

	private int silentSince() {
		return switch (this.connection.protocol()) {
			case WEBSOCKET -> this.time;
			case SSE -> this.connection.sendQueue().lastWritten();
			case RAW -> later(this.time, this.connection.sendQueue().lastWritten());
		};
	}

	private int silent(int now, int interval) {
		this.connection.sendQueue().wroteNow();
		switch (this.connection.protocol()) {
			case WEBSOCKET -> {
				this.unanswered = true;
				this.time = now + this.pingTimeout;
				this.connection.sendQueue().ping();
				return this.pingTimeout;
			}
			case SSE -> this.connection.sendQueue().ping();
			case RAW -> this.connection.life().idle();
		}
		return interval;
	}

	private static int later(int one, int other) {
		return (one - other > 0) ? one : other;
	}

	private int remaining(int now, Runnable atDeadline) {
		if (now - this.time < 0) {
			return this.time - now;
		}
		atDeadline.run();
		return 0;
	}

}
