package io.iodine.samples.dialer;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What clients have heard, the last hundred lines. */
class Heard {

	private static final int MAX = 100;

	private final List<String> lines = new CopyOnWriteArrayList<>();

	void add(String line) {
		this.lines.add(line);
		if (this.lines.size() > MAX) {
			this.lines.remove(0);
		}
	}

	List<String> lines() {
		return List.copyOf(this.lines);
	}

}
