package io.iodine.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one round measured.
 *
 * @param rate how much a second
 * @param micros CPU time of the server for each in microseconds
 * @param p50 half took at most so many microseconds
 * @param p99 99 % took at most so many microseconds
 * @param generator CPU time of the generator for each second; near 1 it is the limit, and
 * 0 where it is not known
 * @param raw the line that was printed
 */
record Round(double rate, double micros, double p50, double p99, double generator, String raw) {

	private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":([\\d.]+)");

	private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");

	private static final Pattern P50 = Pattern.compile("50%\\s+([\\d.]+)(us|ms|s)");

	private static final Pattern P99 = Pattern.compile("99%\\s+([\\d.]+)(us|ms|s)");

	private static final Map<String, Double> MICROS = Map.of("us", 1.0, "ms", 1e3, "s", 1e6);

	static Round ofLoad(String output) {
		Matcher fields = FIELD.matcher(output);
		Map<String, Double> values = new HashMap<>();
		while (fields.find()) {
			values.put(fields.group(1), Double.valueOf(fields.group(2)));
		}
		return new Round(value(values, "rate"), value(values, "micros"), value(values, "p50"), value(values, "p99"),
				value(values, "generator"), output.strip());
	}

	static Round ofWrk(String output, double serverSeconds, double seconds) {
		Matcher rate = RATE.matcher(output);
		Matcher p50 = P50.matcher(output);
		Matcher p99 = P99.matcher(output);
		if (!rate.find() || !p50.find() || !p99.find() || output.contains("Non-2xx")
				|| output.contains("Socket errors")) {
			throw new IllegalStateException("wrk failed: " + output);
		}
		double perSecond = Double.parseDouble(rate.group(1));
		double micros = serverSeconds * 1e6 / (perSecond * seconds);
		double median = micros(p50);
		double slowest = micros(p99);
		String raw = "{\"rate\":%.0f,\"micros\":%.3f,\"p50\":%.0f,\"p99\":%.0f}".formatted(perSecond, micros, median,
				slowest);
		return new Round(perSecond, micros, median, slowest, 0, raw);
	}

	private static double micros(Matcher time) {
		return Double.parseDouble(time.group(1)) * MICROS.getOrDefault(time.group(2), 1.0);
	}

	private static double value(Map<String, Double> values, String name) {
		Double value = values.get(name);
		if (value == null) {
			throw new IllegalStateException("no " + name + " in " + values);
		}
		return value;
	}

}
