package io.iodine.file;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.header.CommaSeparatedList;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code Accept-Encoding} of a request (RFC 9110, section 12.5.3).
 */
final class AcceptEncoding {

	/** What is said of identity when nothing is said of it: fine, but asked for last. */
	private static final double UNNAMED_IDENTITY = 0.0001;

	private static final double REFUSED = 0;

	private static final AcceptEncoding ABSENT = new AcceptEncoding(Map.of());

	private static final int MOST_KNOWN = 256;

	private static final int LONGEST_KNOWN = 128;

	// clients say one of few things, and say it with every request
	private static final Map<String, AcceptEncoding> KNOWN = new ConcurrentHashMap<>();

	private final Map<String, Double> weights;

	private AcceptEncoding(Map<String, Double> weights) {
		this.weights = weights;
	}

	static AcceptEncoding of(@Nullable String header) {
		if (header == null) {
			return ABSENT;
		}
		AcceptEncoding known = KNOWN.get(header);
		if (known != null) {
			return known;
		}
		AcceptEncoding parsed = parse(header);
		if (KNOWN.size() < MOST_KNOWN && header.length() <= LONGEST_KNOWN) {
			KNOWN.put(header, parsed);
		}
		return parsed;
	}

	private static AcceptEncoding parse(String header) {
		Map<String, Double> weights = new HashMap<>();
		for (String element : CommaSeparatedList.elements(header.toLowerCase(Locale.ROOT))) {
			String[] parts = element.split(";", -1);
			String coding = parts[0].strip();
			if (!coding.isEmpty()) {
				weights.put(coding.equals("x-gzip") ? "gzip" : coding, weight(parts));
			}
		}
		return new AcceptEncoding(weights);
	}

	/** How much the client wants this coding, or identity: 0 is not at all. */
	double weight(@Nullable ContentCoding coding) {
		Double any = this.weights.get("*");
		if (coding == null) {
			Double identity = this.weights.get("identity");
			return (identity != null) ? identity : (any != null) ? any : UNNAMED_IDENTITY;
		}
		Double named = this.weights.get(coding.token());
		return (named != null) ? named : (any != null) ? any : REFUSED;
	}

	private static double weight(String[] parts) {
		for (int i = 1; i < parts.length; i++) {
			String parameter = parts[i].strip();
			if (parameter.startsWith("q=")) {
				return quality(parameter.substring(2).strip());
			}
		}
		return 1;
	}

	private static double quality(String value) {
		return value.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(value) : REFUSED;
	}

}
