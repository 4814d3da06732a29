package io.iodine.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;

import com.sun.management.UnixOperatingSystemMXBean;
import org.jspecify.annotations.Nullable;

/**
 * Number of file descriptors that the process may still open. The open ones are counted
 * at most ten times a second, because the system has to list them. Any thread.
 * <p>
 * Linux is asked through its files as long as few are open, because the management bean
 * loads much that an application does not need to start.
 */
final class FreeDescriptors implements LongSupplier {

	/** The limit where the system sets none. */
	static final long UNLIMITED = Long.MAX_VALUE;

	private static final long PERIOD = Duration.ofMillis(100).toNanos();

	private static final File OPEN = new File("/proc/self/fd");

	private static final Path LIMITS = Path.of("/proc/self/limits");

	private static final String LIMIT = "Max open files";

	/** From here on their names would take more than the management bean. */
	private static final int MANY = 1000;

	private final long limit = limit();

	private long countedAt = System.nanoTime() - PERIOD;

	private long open;

	private long free;

	private FreeDescriptors() {
	}

	/**
	 * Makes a source for this process.
	 * @return the source; one without an end where the system sets no limit
	 */
	static LongSupplier ofProcess() {
		FreeDescriptors descriptors = new FreeDescriptors();
		return (descriptors.limit == UNLIMITED) ? () -> UNLIMITED : descriptors;
	}

	/** How many descriptors the process may have open. */
	static long limit() {
		try {
			for (String line : Files.readAllLines(LIMITS)) {
				if (line.startsWith(LIMIT)) {
					String soft = line.substring(LIMIT.length()).strip().split(" ", 2)[0];
					return soft.equals("unlimited") ? UNLIMITED : Long.parseLong(soft);
				}
			}
		}
		catch (IOException | NumberFormatException ex) {
			// another system than Linux, or one that hides its files
		}
		UnixOperatingSystemMXBean system = system();
		return (system != null) ? system.getMaxFileDescriptorCount() : UNLIMITED;
	}

	private static @Nullable UnixOperatingSystemMXBean system() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) ? unix : null;
	}

	/** Each call stands for one descriptor that is about to be used. */
	@Override
	public synchronized long getAsLong() {
		long now = System.nanoTime();
		if (now - this.countedAt >= PERIOD) {
			this.countedAt = now;
			this.open = open();
			this.free = this.limit - this.open;
		}
		return this.free--;
	}

	private long open() {
		String[] names = (this.open < MANY) ? OPEN.list() : null;
		if (names != null) {
			return names.length;
		}
		UnixOperatingSystemMXBean system = system();
		return (system != null) ? system.getOpenFileDescriptorCount() : 0;
	}

}
