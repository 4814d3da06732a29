package io.iodine.process;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The command line of a Java program, taken apart so that JVM arguments can be added.
 *
 * @param jvmArguments what stands before the main class or {@code -jar}
 * @param program the main class or {@code -jar}, and what follows
 */
public record JavaCommand(List<String> jvmArguments, List<String> program) {

	private static final Set<String> WITH_VALUE = Set.of("-cp", "-classpath", "--class-path", "-p", "--module-path",
			"--upgrade-module-path", "--add-modules", "--limit-modules", "--add-exports", "--add-opens", "--add-reads",
			"--patch-module", "--enable-native-access", "--source", "--describe-module", "-d");

	private static final Set<String> BEFORE_MAIN = Set.of("-jar", "-m", "--module");

	private static final List<String> DEBUGGERS = List.of("-agentlib:jdwp", "-Xrunjdwp", "-Xdebug");

	/**
	 * Reads the command line of this process.
	 * @return the command
	 * @throws IOException when the operating system doesn't tell it
	 */
	public static JavaCommand ofThisProcess() throws IOException {
		return read(Files.readAllBytes(Path.of("/proc/self/cmdline")),
				Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
	}

	/** In the encoding in which the JDK passes it on, so that no byte is changed. */
	static JavaCommand read(byte[] commandLine, Charset encoding) {
		String line = new String(commandLine, encoding);
		List<String> words = List.of(line.substring(0, Math.max(0, line.length() - 1)).split("\0", -1));
		return parse(words.subList(1, words.size()));
	}

	static JavaCommand parse(List<String> arguments) {
		int main = 0;
		while (main < arguments.size() && isJvmArgument(arguments.get(main))) {
			main += WITH_VALUE.contains(arguments.get(main)) ? 2 : 1;
		}
		main = Math.min(main, arguments.size());
		return new JavaCommand(List.copyOf(arguments.subList(0, main)),
				List.copyOf(arguments.subList(main, arguments.size())));
	}

	/**
	 * Whether an argument of the JVM stands by itself. One that takes the next for its
	 * value would take one of ours.
	 * @param argument the argument
	 * @return whether it does
	 */
	public static boolean isWhole(String argument) {
		return argument.startsWith("-") && isJvmArgument(argument) && !WITH_VALUE.contains(argument);
	}

	private static boolean isJvmArgument(String argument) {
		boolean option = argument.startsWith("-") || argument.startsWith("@");
		return option && !BEFORE_MAIN.contains(argument) && !argument.startsWith("--module=");
	}

	/**
	 * The same program with more JVM arguments and without a debugger, whose port only
	 * one process can have.
	 * @param more the arguments, which win over those given
	 * @return the command with its executable
	 */
	List<String> with(List<String> more) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		// the main class may stand in an argument file, and what follows it is the
		// program's
		boolean first = this.jvmArguments.stream().anyMatch((argument) -> argument.startsWith("@"));
		if (first) {
			command.addAll(more);
		}
		this.jvmArguments.stream().filter((argument) -> !isDebugger(argument)).forEach(command::add);
		if (!first) {
			command.addAll(more);
		}
		command.addAll(this.program);
		return command;
	}

	/**
	 * Whether a debugger was asked for.
	 * @return whether an argument is left out
	 */
	public boolean isDebugged() {
		return this.jvmArguments.stream().anyMatch(JavaCommand::isDebugger);
	}

	private static boolean isDebugger(String argument) {
		return DEBUGGERS.stream().anyMatch(argument::startsWith);
	}

}
