package io.iodine.process;

import java.lang.management.ManagementFactory;

import javax.management.JMException;
import javax.management.ObjectName;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Returns memory that this process no longer uses to the operating system: the C
 * allocator keeps what the JIT compilers have freed, a fifth of a master's memory.
 */
final class FreeMemory {

	private static final Log logger = LogFactory.getLog(FreeMemory.class);

	private FreeMemory() {
	}

	/**
	 * Returns the memory on a thread of its own, because it takes some hundredths of a
	 * second.
	 * @param collect whether garbage is collected first
	 */
	static void returnLater(boolean collect) {
		Thread thread = new Thread(() -> {
			if (collect) {
				System.gc();
			}
			trim();
		}, "iodine-free-memory");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Trims the heap of the C allocator.
	 * @return whether this JVM can: those for Linux since 17.0.9
	 */
	// a Java runtime may be without the modules for management
	static boolean trim() {
		try {
			Object answer = ManagementFactory.getPlatformMBeanServer()
				.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "systemTrimNativeHeap", null,
						null);
			logger.debug(answer);
			return true;
		}
		catch (JMException | RuntimeException | LinkageError ex) {
			logger.debug("This JVM can't return free memory", ex);
			return false;
		}
	}

}
