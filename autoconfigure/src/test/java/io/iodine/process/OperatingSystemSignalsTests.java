package io.iodine.process;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link OperatingSystemSignals}, each in a JVM of its own. */
@EnabledOnOs(OS.LINUX)
class OperatingSystemSignalsTests {

	@Test
	void aSignalIsHandled() throws Exception {
		assertThat(handled("--default-signal=HUP", "-Xlog:disable")).isTrue();
	}

	@Test
	void aSignalThatThisProcessWasStartedToIgnoreIsNot() throws Exception {
		assertThat(handled("--ignore-signal=HUP", "-Xlog:disable")).isFalse();
	}

	@Test
	void aSignalThatTheJvmKeepsToItselfIsNot() throws Exception {
		assertThat(handled("--default-signal=HUP", "-Xrs")).isFalse();
	}

	private static boolean handled(String environment, String option) throws Exception {
		List<String> command = new ArrayList<>(
				List.of("env", environment, Path.of(System.getProperty("java.home"), "bin", "java").toString(),
						"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", option, "-cp",
						System.getProperty("java.class.path"), Handled.class.getName()));
		try (BufferedReader said = new ProcessBuilder(command).redirectErrorStream(true).start().inputReader()) {
			return switch (said.lines().reduce("nothing", (earlier, later) -> later)) {
				case "handled" -> true;
				case "not handled" -> false;
				default -> throw new AssertionError("The program said something else");
			};
		}
	}

	/** Prints whether it handles SIGHUP; its output is the result. */
	static final class Handled {

		private Handled() {
		}

		@SuppressWarnings("SystemOut")
		public static void main(String[] args) {
			boolean handled = OperatingSystemSignals.handle("HUP", () -> {
			});
			System.out.println(handled ? "handled" : "not handled");
		}

	}

}
