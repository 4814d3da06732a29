package io.iodine.test;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import io.iodine.CloseReason;
import io.iodine.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * The time of a test connection, which passes only when the test advances it: idle
 * time-outs, pings and the close at a time that the handler set.
 */
final class SimulatedTime {

	private Instant now = Instant.now();

	private int pings;

	private @Nullable Instant closesAt;

	private @Nullable CloseReason reason;

	void closeAt(Instant when, CloseReason reason) {
		this.closesAt = when;
		this.reason = reason;
	}

	Optional<Instant> closesAt() {
		return Optional.ofNullable(this.closesAt);
	}

	int pings() {
		return this.pings;
	}

	void advance(Duration time, TestConnection connection) {
		Instant end = this.now.plus(time);
		while (connection.isOpen() && !connection.timeout().isZero()
				&& !this.now.plus(connection.timeout()).isAfter(end)) {
			this.now = this.now.plus(connection.timeout());
			closeIfDue(connection);
			if (connection.isOpen() && connection.protocol() == Protocol.RAW) {
				connection.idle();
			}
			else if (connection.isOpen()) {
				this.pings++;
			}
		}
		this.now = end;
		closeIfDue(connection);
	}

	private void closeIfDue(TestConnection connection) {
		if (this.closesAt != null && this.reason != null && !this.closesAt.isAfter(this.now)) {
			connection.close(this.reason);
		}
	}

}
