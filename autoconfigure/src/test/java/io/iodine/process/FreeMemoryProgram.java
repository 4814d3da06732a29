package io.iodine.process;

import java.lang.management.ManagementFactory;

import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/**
 * Shrinks the heap of a JVM of its own, and prints whether it shrank and what the options
 * are then; its output is the result.
 */
final class FreeMemoryProgram {

	/** About 40 MB are left, and 100 MB without the options. */
	private static final long MOST = 64 << 20;

	private FreeMemoryProgram() {
	}

	@SuppressWarnings("SystemOut")
	public static void main(String[] args) throws JMException {
		// as the classes of a start
		byte[][] live = megabytes(20);
		int garbage = megabytes(100).length;
		long before = Runtime.getRuntime().totalMemory();
		FreeMemory.shrinkHeap();
		long after = Runtime.getRuntime().totalMemory();
		System.out.println(((after <= MOST) ? "smaller" : "not smaller") + ", options " + option("MinHeapFreeRatio")
				+ " " + option("MaxHeapFreeRatio"));
		if (live.length + garbage > before) {
			throw new IllegalStateException("The heap is smaller than what is in it");
		}
	}

	private static byte[][] megabytes(int count) {
		byte[][] all = new byte[count][];
		for (int i = 0; i < count; i++) {
			all[i] = new byte[1_000_000];
		}
		return all;
	}

	private static Object option(String name) throws JMException {
		CompositeData option = (CompositeData) ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("com.sun.management:type=HotSpotDiagnostic"), "getVMOption", new Object[] { name },
					new String[] { String.class.getName() });
		return option.get("value");
	}

}
