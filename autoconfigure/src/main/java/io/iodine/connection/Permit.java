package io.iodine.connection;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * The place of one request, and then of its connection, among those that may be open. Any
 * thread.
 */
public final class Permit {

	private enum State {

		HELD, USED, GIVEN_BACK

	}

	private final @Nullable ConnectionLimiter gate;

	private final @Nullable Object network;

	private final @Nullable String principal;

	private final @Nullable RejectionReason refusal;

	private final AtomicReference<State> state = new AtomicReference<>(State.HELD);

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

	/** Ends the request: its place is free again, unless a connection has it. */
	public void release() {
		leaveFrom(State.HELD);
	}

	/** A connection has the place from now on. */
	void use() {
		this.state.compareAndSet(State.HELD, State.USED);
	}

	/** The connection has closed. */
	void end() {
		leaveFrom(State.USED);
	}

	@Nullable Object network() {
		return this.network;
	}

	@Nullable String principal() {
		return this.principal;
	}

	private void leaveFrom(State from) {
		if (this.state.compareAndSet(from, State.GIVEN_BACK) && this.gate != null) {
			this.gate.leave(this.network, this.principal);
		}
	}

}
