package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What connections have taken and must give back: all of it is zero when they are gone.
 */
final class Leftovers {

	private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(20);

	private Leftovers() {
	}

	/**
	 * Waits until nothing is left, and fails when something stays.
	 * @param connections the connections
	 */
	static void assertNone(Connections connections) {
		long deadline = System.nanoTime() + MAX_WAIT_NANOS;
		List<String> left = of(connections);
		while (!left.isEmpty() && System.nanoTime() < deadline) {
			Thread.onSpinWait();
			java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
			left = of(connections);
		}
		if (!left.isEmpty()) {
			throw new AssertionError("Connections are gone, but not what they had taken: " + String.join(", ", left));
		}
	}

	private static List<String> of(Connections connections) {
		List<String> left = new ArrayList<>();
		add(left, "open connections", connections.count());
		add(left, "permits", connections.limiter().inUse());
		add(left, "subscriptions", connections.subscriptionCount());
		add(left, "channels", connections.channelCount());
		add(left, "queued bytes to send", connections.blockedBytes());
		add(left, "queued bytes received", connections.receiveMemory().bytes());
		add(left, "presences", connections.presenceCount());
		add(left, "timers", connections.timerCount());
		return left;
	}

	private static void add(List<String> left, String name, long count) {
		if (count != 0) {
			left.add(count + " " + name);
		}
	}

}
