package io.iodine.autoconfigure;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The flags of a command line, such as {@code -p 8080} or {@code -p=8080}. Other
 * arguments are left to the application.
 *
 * @param properties what the flags stand for
 * @param unknown what looks like a flag but is none
 * @param failure the first flag whose value is wrong; null: there is none
 * @param isHelp whether the flags are to be explained
 */
record CommandLineFlags(Map<String, Object> properties, List<String> unknown,
		@Nullable InvalidIodinePropertyException failure, boolean isHelp) {

	/** What looks like one of the flags: others, such as -Dname=value, are longer. */
	private static final String SHORT = "-([A-Za-z]{1,3}|max[a-z]*|tls-[a-z]*)(=.*)?";

	static CommandLineFlags of(String... arguments) {
		Map<String, Object> properties = new LinkedHashMap<>();
		List<String> unknown = new ArrayList<>();
		boolean isHelp = false;
		InvalidIodinePropertyException failure = null;
		Iterator<String> rest = List.of(arguments).iterator();
		while (rest.hasNext()) {
			String argument = rest.next();
			String[] parts = argument.split("=", 2);
			Optional<CommandLineFlag> flag = CommandLineFlag.of(parts[0]);
			try {
				if (flag.isPresent()) {
					properties.putIfAbsent(flag.get().property(),
							flag.get().propertyValue(value(flag.get(), parts, rest)));
				}
				else if (argument.equals("-h") || argument.equals("-?")) {
					isHelp = true;
				}
				else if (argument.matches(SHORT)) {
					unknown.add(argument);
				}
			}
			catch (InvalidIodinePropertyException ex) {
				failure = (failure != null) ? failure : ex;
			}
		}
		return new CommandLineFlags(properties, List.copyOf(unknown), failure, isHelp);
	}

	private static String value(CommandLineFlag flag, String[] parts, Iterator<String> rest) {
		if (parts.length == 2) {
			return parts[1];
		}
		return flag.isSwitch() ? "true" : rest.hasNext() ? rest.next() : "";
	}

}
