package io.iodine.connection.limit;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * Counts one request, and then its connection, among those that may be open. It has one
 * owner at a time, the request, then the take-over, then the connection, and only its
 * owner releases it. Any thread.
 */
public final class Permit {

	private enum State {

		REQUEST, TAKEOVER, CONNECTION, RELEASED

	}

	private static final AtomicReferenceFieldUpdater<Permit, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(Permit.class, State.class, "state");

	/** Gives the place back to the limiter; null where none counts it. */
	private final @Nullable Runnable release;

	private final @Nullable RejectionReason rejection;

	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile State state = State.REQUEST;

	private Permit(@Nullable Runnable release, @Nullable RejectionReason rejection) {
		this.release = release;
		this.rejection = rejection;
	}

	/**
	 * A permit that was granted.
	 * @param release is run once, when its owner releases it
	 */
	static Permit granted(Runnable release) {
		return new Permit(release, null);
	}

	/**
	 * A permit that counts nowhere.
	 * @return the permit
	 */
	public static Permit uncounted() {
		return new Permit(null, null);
	}

	static Permit rejected(RejectionReason rejection) {
		return new Permit(null, rejection);
	}

	/**
	 * The reason of a rejection.
	 * @return the reason; empty when the permit was granted
	 */
	public Optional<RejectionReason> rejection() {
		return Optional.ofNullable(this.rejection);
	}

	/** Releases the permit if the request still owns it. */
	public void release() {
		releaseFrom(State.REQUEST);
	}

	/**
	 * Passes the permit from the request to the take-over of its channel.
	 * @return false when the request owns it no longer, as after it was cancelled
	 */
	public boolean arm() {
		return STATE.compareAndSet(this, State.REQUEST, State.TAKEOVER);
	}

	/** Releases the permit if the take-over still owns it. */
	public void disarm() {
		releaseFrom(State.TAKEOVER);
	}

	/** Passes the permit to the connection. */
	public void use() {
		arm();
		if (!STATE.compareAndSet(this, State.TAKEOVER, State.CONNECTION)) {
			throw new IllegalStateException("the permit of a connection was released before it opened");
		}
	}

	/** Releases the permit, because the connection has closed. */
	public void end() {
		releaseFrom(State.CONNECTION);
	}

	private void releaseFrom(State from) {
		if (STATE.compareAndSet(this, from, State.RELEASED) && this.release != null) {
			this.release.run();
		}
	}

}
