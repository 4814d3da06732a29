package io.iodine.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The rounds of all workloads, as a table in Markdown. */
final class Table {

	private final Map<Workload, Map<String, List<Round>>> rows = new LinkedHashMap<>();

	/** Resident memory of each server after its load, in bytes. */
	private final Map<Workload, Map<String, Long>> resident = new LinkedHashMap<>();

	void add(Workload workload, String server, Round round, long residentBytes) {
		this.resident.computeIfAbsent(workload, (row) -> new LinkedHashMap<>()).put(server, residentBytes);
		this.rows.computeIfAbsent(workload, (row) -> new LinkedHashMap<>())
			.computeIfAbsent(server, (name) -> new ArrayList<>())
			.add(round);
	}

	/**
	 * Medians and ranges. A ratio is the median of those of the rounds, whose loads
	 * follow each other, for a machine may change its speed from round to round. Above 1
	 * it means that the first server is faster, or takes less processor time.
	 * @return the table
	 */
	String markdown() {
		StringBuilder table = new StringBuilder(
				"| workload | server | median [least–greatest] | to the first | server CPU | to the first | p50 | p99 | resident |\n"
						+ "|---|---|---|---|---|---|---|---|---|\n");
		this.rows.forEach((workload, servers) -> {
			List<Round> first = servers.values().iterator().next();
			servers.forEach((name, rounds) -> table.append(row(workload, name, rounds, first)));
		});
		return table.append(furtherSubscribers()).toString();
	}

	/** What one more subscriber costs: the difference of two fan-outs. */
	private String furtherSubscribers() {
		StringBuilder lines = new StringBuilder();
		Map<String, Map<Integer, Double>> publishes = new LinkedHashMap<>();
		this.rows.forEach((workload, servers) -> {
			int subscribers = workload.subscribers();
			servers.forEach((name, rounds) -> {
				if (subscribers > 0) {
					publishes.computeIfAbsent(name, (server) -> new TreeMap<>())
						.put(subscribers, median(rounds, Round::micros) * subscribers);
				}
			});
		});
		publishes.forEach((name, cost) -> {
			Integer former = null;
			for (Integer subscribers : cost.keySet()) {
				if (former != null) {
					lines.append(format("%n%s: from %d to %d subscribers %.2f µs for each further one", name, former,
							subscribers, (value(cost, subscribers) - value(cost, former)) / (subscribers - former)));
				}
				former = subscribers;
			}
		});
		return lines.isEmpty() ? "" : lines.append('\n').toString();
	}

	private static double value(Map<Integer, Double> cost, Integer subscribers) {
		return cost.getOrDefault(subscribers, 0.0);
	}

	private String row(Workload workload, String name, List<Round> rounds, List<Round> first) {
		double rate = median(rounds, Round::rate);
		double micros = median(rounds, Round::micros);
		boolean compared = rounds != first;
		String faster = compared ? format("%.2f ×", ratio(first, rounds, Round::rate)) : "";
		String cheaper = compared ? format("%.2f ×", ratio(rounds, first, Round::micros)) : "";
		return format("| %s | %s | %,.0f [%,.0f–%,.0f] %s%s | %s | %.2f µs | %s | %.1f ms | %.1f ms | %d MB |%n",
				compared ? "" : workload.name(), name, rate, rounds.stream().mapToDouble(Round::rate).min().orElse(0),
				rounds.stream().mapToDouble(Round::rate).max().orElse(0), workload.unit(),
				(median(rounds, Round::generator) >= 0.95) ? " (load at its limit)" : "", faster, micros, cheaper,
				median(rounds, Round::p50) / 1000, median(rounds, Round::p99) / 1000,
				this.resident.getOrDefault(workload, Map.of()).getOrDefault(name, 0L) >> 20);
	}

	private static String format(String pattern, Object... values) {
		return String.format(Locale.ROOT, pattern, values);
	}

	private static double ratio(List<Round> rounds, List<Round> others, ToDoubleFunction<Round> value) {
		List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < Math.min(rounds.size(), others.size()); i++) {
			ratios.add(value.applyAsDouble(rounds.get(i)) / value.applyAsDouble(others.get(i)));
		}
		return median(ratios, Double::doubleValue);
	}

	static <T> double median(List<T> rounds, ToDoubleFunction<T> value) {
		double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

}
