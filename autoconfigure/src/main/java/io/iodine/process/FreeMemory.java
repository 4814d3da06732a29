package io.iodine.process;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Returns memory that this process no longer uses to the operating system: the C
 * allocator keeps what the JIT compilers have freed, and the collector more heap than is
 * used, together a quarter of a master's memory.
 */
final class FreeMemory {

	private static final Log logger = LogFactory.getLog(FreeMemory.class);

	/** Percentages of the heap that may be free after a collection. */
	private static final Map<String, String> LITTLE_FREE = Map.of("MinHeapFreeRatio", "10", "MaxHeapFreeRatio", "20");

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
				shrinkHeap();
			}
			trim();
		}, "iodine-free-memory");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Collects garbage, after which the collector returns what is free. The options for
	 * that differ from their defaults during the collection only, and stay as they are
	 * when the command line has one of them.
	 */
	static void shrinkHeap() {
		Map<String, String> defaults = new TreeMap<>();
		LITTLE_FREE.keySet().forEach((option) -> {
			String value = defaultValue(option);
			if (value != null) {
				defaults.put(option, value);
			}
		});
		if (defaults.size() < LITTLE_FREE.size()) {
			System.gc();
			return;
		}
		try {
			set("MinHeapFreeRatio", LITTLE_FREE);
			set("MaxHeapFreeRatio", LITTLE_FREE);
			System.gc();
		}
		finally {
			// the most first, because it is never less than the least
			set("MaxHeapFreeRatio", defaults);
			set("MinHeapFreeRatio", defaults);
		}
	}

	/** The value of an option that is at its default; null for one that was set. */
	private static @Nullable String defaultValue(String option) {
		return (invoke("HotSpotDiagnostic", "getVMOption", option) instanceof CompositeData found
				&& "DEFAULT".equals(found.get("origin"))) ? String.valueOf(found.get("value")) : null;
	}

	private static void set(String option, Map<String, String> values) {
		invoke("HotSpotDiagnostic", "setVMOption", option, String.valueOf(values.get(option)));
	}

	/**
	 * Trims the heap of the C allocator.
	 * @return whether this JVM can: those for Linux since 17.0.9
	 */
	static boolean trim() {
		Object answer = invoke("DiagnosticCommand", "systemTrimNativeHeap");
		logger.debug(answer);
		return answer != null;
	}

	/** What an operation of this JVM answers; null when it has none of the name. */
	// a Java runtime may be without the modules for management
	private static @Nullable Object invoke(String bean, String operation, String... arguments) {
		try {
			String[] types = new String[arguments.length];
			Arrays.fill(types, String.class.getName());
			return ManagementFactory.getPlatformMBeanServer()
				.invoke(new ObjectName("com.sun.management:type=" + bean), operation, arguments, types);
		}
		catch (JMException | RuntimeException | LinkageError ex) {
			logger.debug("This JVM can't do " + operation, ex);
			return null;
		}
	}

}
