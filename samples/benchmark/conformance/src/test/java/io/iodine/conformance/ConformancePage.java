package io.iodine.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The page whose only table has a row for each suite, sorted by name. */
final class ConformancePage {

	private static final String SEPARATOR = "|---|---|---|";

	private static final String ROW = "| ";

	private ConformancePage() {
	}

	/**
	 * Puts results into the table. The rows of suites without a result and what stands
	 * above and below the table stay as they are.
	 * @param page the lines of the page
	 * @param results the other cells of each row by the first one
	 * @return the lines of the new page
	 */
	static List<String> update(List<String> page, Map<String, String> results) {
		int begin = page.indexOf(SEPARATOR) + 1;
		if (begin == 0) {
			throw new IllegalArgumentException("The page has no table with the line " + SEPARATOR);
		}
		int end = begin;
		Map<String, String> rows = new TreeMap<>(results);
		for (; end < page.size() && page.get(end).startsWith(ROW); end++) {
			String[] cells = page.get(end).split(" \\| ", 2);
			rows.putIfAbsent(cells[0].substring(ROW.length()), cells[1].substring(0, cells[1].lastIndexOf(" |")));
		}
		List<String> updated = new ArrayList<>(page.subList(0, begin));
		rows.forEach((suite, result) -> updated.add(ROW + suite + " | " + result + " |"));
		updated.addAll(page.subList(end, page.size()));
		return updated;
	}

}
