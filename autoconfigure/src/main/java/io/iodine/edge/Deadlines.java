package io.iodine.edge;

import org.jspecify.annotations.Nullable;

/**
 * How long a connection has been at what it is at, and whether that is too long. Looked
 * at once a tick, so that requests pay nothing for it. Belongs to the connection's event
 * loop.
 */
final class Deadlines {

	private final EdgeLimits limits;

	private Phase phase = Phase.WORKING;

	private long exchange;

	private long since;

	private long progress;

	Deadlines(EdgeLimits limits) {
		this.limits = limits;
	}

	/**
	 * Notes what the connection is at.
	 * @param phase what the client is waited for
	 * @param exchange the number of the request
	 * @param progress the octets moved in this phase
	 * @param now the time in nanoseconds
	 * @return what was overstepped, or null
	 */
	@Nullable Phase look(Phase phase, long exchange, long progress, long now) {
		if (this.phase != phase || this.exchange != exchange) {
			this.phase = phase;
			this.exchange = exchange;
			restart(progress, now);
			return null;
		}
		long allowed = allowed(phase);
		if (allowed == 0) {
			return null;
		}
		if (phase == Phase.WRITING && progress != this.progress) {
			restart(progress, now);
			return null;
		}
		if (now - this.since < allowed) {
			return null;
		}
		if (phase == Phase.BODY && progress - this.progress >= enough(allowed)) {
			restart(progress, now);
			return null;
		}
		return phase;
	}

	private void restart(long progress, long now) {
		this.since = now;
		this.progress = progress;
	}

	private long allowed(Phase phase) {
		return switch (phase) {
			case HEAD -> this.limits.headerTimeout().toNanos();
			case BODY -> this.limits.bodyTimeout().toNanos();
			case WRITING -> this.limits.writeTimeout().toNanos();
			case IDLE -> this.limits.keepAlive().toNanos();
			case LINGERING -> RequestDecoderGuard.LINGER.toNanos();
			case WORKING -> 0;
		};
	}

	private long enough(long window) {
		return Math.max(1, (long) (this.limits.minBodyRate() * (window / 1e9)));
	}

	/** What is waited for. */
	enum Phase {

		/** The rest of a request's head. */
		HEAD,
		/** The rest of a request's body. */
		BODY,
		/** The client, to take what waits for it. */
		WRITING,
		/** The next request. */
		IDLE,
		/** The client, to hang up after an error. */
		LINGERING,
		/** The application: no limit here. */
		WORKING

	}

}
