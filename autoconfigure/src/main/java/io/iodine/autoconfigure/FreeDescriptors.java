package io.iodine.autoconfigure;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * Number of file descriptors that the process may still open. The open ones are counted
 * at most ten times a second, because the system has to list them. Any thread.
 */
final class FreeDescriptors implements LongSupplier {

	private static final long PERIOD = Duration.ofMillis(100).toNanos();

	private final UnixOperatingSystemMXBean system;

	private long countedAt = System.nanoTime() - PERIOD;

	private long free;

	private FreeDescriptors(UnixOperatingSystemMXBean system) {
		this.system = system;
	}

	/**
	 * Makes a source for this process.
	 * @return the source; one without an end where the system sets no limit
	 */
	static LongSupplier ofProcess() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
				? new FreeDescriptors(unix) : () -> Long.MAX_VALUE;
	}

	/** Each call stands for one descriptor that is about to be used. */
	@Override
	public synchronized long getAsLong() {
		long now = System.nanoTime();
		if (now - this.countedAt >= PERIOD) {
			this.countedAt = now;
			this.free = this.system.getMaxFileDescriptorCount() - this.system.getOpenFileDescriptorCount();
		}
		return this.free--;
	}

}
