package io.iodine.upgrade;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * One element of {@code Sec-WebSocket-Extensions} (RFC 6455, section 9.1).
 *
 * @param name the extension
 * @param parameters its parameters, in order
 */
record ExtensionOffer(String name, List<Parameter> parameters) {

	static final String HEADER = "Sec-WebSocket-Extensions";

	private static final String SPACE = "[ \\t]*+";

	private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";

	/** A quoted value must be a token too. */
	private static final Pattern PARAMETER = Pattern.compile(SPACE + ";" + SPACE + "(" + TOKEN + ")(?:" + SPACE + "="
			+ SPACE + "(?:(" + TOKEN + ")|\"(" + TOKEN + ")\"))?");

	private static final Pattern NAME = Pattern.compile(SPACE + "(" + TOKEN + ")");

	private static final Pattern SEPARATOR = Pattern.compile(SPACE + ",");

	private static final Pattern SPACES = Pattern.compile(SPACE);

	/**
	 * Reads the lines of the header, of which an element may be empty.
	 * @param lines the lines
	 * @return what is offered, in order; empty when a line is malformed
	 */
	static Optional<List<ExtensionOffer>> parse(List<String> lines) {
		List<ExtensionOffer> offers = new ArrayList<>();
		for (String line : lines) {
			if (!parse(line, offers)) {
				return Optional.empty();
			}
		}
		return Optional.of(offers);
	}

	private static boolean parse(String line, List<ExtensionOffer> offers) {
		Matcher matcher = NAME.matcher(line);
		do {
			MatchResult name = next(matcher, NAME);
			if (name != null) {
				offers.add(new ExtensionOffer(name.group(1), parameters(matcher)));
			}
		}
		while (next(matcher, SEPARATOR) != null);
		next(matcher, SPACES);
		return matcher.regionStart() == line.length();
	}

	private static List<Parameter> parameters(Matcher matcher) {
		List<Parameter> parameters = new ArrayList<>();
		for (MatchResult found; (found = next(matcher, PARAMETER)) != null;) {
			String value = (found.group(2) != null) ? found.group(2) : found.group(3);
			parameters.add(new Parameter(found.group(1), Optional.ofNullable(value)));
		}
		return List.copyOf(parameters);
	}

	/** Goes on behind what matches here, if it does. */
	private static @Nullable MatchResult next(Matcher matcher, Pattern pattern) {
		if (!matcher.usePattern(pattern).lookingAt()) {
			return null;
		}
		MatchResult found = matcher.toMatchResult();
		matcher.region(found.end(), matcher.regionEnd());
		return found;
	}

	/**
	 * A parameter.
	 *
	 * @param name its name
	 * @param value its value
	 */
	record Parameter(String name, Optional<String> value) {

	}

}
