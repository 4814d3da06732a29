package io.iodine.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Reads the resident memory of a process. */
final class ResidentMemory {

	private static final Log logger = LogFactory.getLog(ResidentMemory.class);

	private ResidentMemory() {
	}

	/** In bytes; 0 when the process has ended. */
	static long of(long pid) {
		try {
			return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))
				.stream()
				.filter((line) -> line.startsWith("VmRSS:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
				.findFirst()
				.orElse(0);
		}
		catch (IOException ex) {
			logger.debug("The memory of process " + pid + " can't be read", ex);
			return 0;
		}
	}

}
