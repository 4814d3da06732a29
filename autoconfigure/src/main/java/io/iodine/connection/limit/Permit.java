package io.iodine.connection.limit;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

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

	private final @Nullable ConnectionLimiter gate;

	private final @Nullable Object network;

	private final @Nullable String principal;

	private final @Nullable RejectionReason refusal;

	private final AtomicReference<State> state = new AtomicReference<>(State.REQUEST);

	Permit(ConnectionLimiter gate, @Nullable Object network, @Nullable String principal) {
		this.gate = gate;
		this.network = network;
		this.principal = principal;
		this.refusal = null;
	}

	private Permit(@Nullable RejectionReason refusal) {
		this.gate = null;
		this.network = null;
		this.principal = null;
		this.refusal = refusal;
	}

	/**
	 * A pass that counts nowhere.
	 * @return the pass
	 */
	public static Permit uncounted() {
		return new Permit(null);
	}

	static Permit refused(RejectionReason refusal) {
		return new Permit(refusal);
	}

	/**
	 * Why the request may not come in.
	 * @return the reason; empty when it may
	 */
	public Optional<RejectionReason> refusal() {
		return Optional.ofNullable(this.refusal);
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
		return this.state.compareAndSet(State.REQUEST, State.TAKEOVER);
	}

	/** Releases the permit if the take-over still owns it. */
	public void disarm() {
		releaseFrom(State.TAKEOVER);
	}

	/** Passes the permit to the connection. */
	public void use() {
		arm();
		if (!this.state.compareAndSet(State.TAKEOVER, State.CONNECTION)) {
			throw new IllegalStateException("the permit of a connection was released before it opened");
		}
	}

	/** Releases the permit, because the connection has closed. */
	public void end() {
		releaseFrom(State.CONNECTION);
	}

	@Nullable Object network() {
		return this.network;
	}

	@Nullable String principal() {
		return this.principal;
	}

	private void releaseFrom(State from) {
		if (this.state.compareAndSet(from, State.RELEASED) && this.gate != null) {
			this.gate.leave(this.network, this.principal);
		}
	}

}
