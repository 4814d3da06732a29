package io.iodine.pubsub;

import java.util.Arrays;

/**
 * The loop of {@code stringmatchlen} in Redis' util.c, written down again pointer by
 * pointer.
 */
final class StringMatchLen {

	/** With the NUL that ends every C string. */
	private final byte[] glob;

	private final int end;

	StringMatchLen(byte[] glob) {
		this.glob = Arrays.copyOf(glob, glob.length + 1);
		this.end = glob.length;
	}

	boolean matches(int from, byte[] channel, int start) {
		int p = from;
		int s = start;
		while (p < this.end && s < channel.length) {
			switch (this.glob[p]) {
				case '*' -> {
					while (p < this.end && this.glob[p + 1] == '*') {
						p++;
					}
					if (this.end - p == 1) {
						return true;
					}
					for (; s < channel.length; s++) {
						if (matches(p + 1, channel, s)) {
							return true;
						}
					}
					return false;
				}
				case '?' -> s++;
				case '[' -> {
					p++;
					boolean not = this.glob[p] == '^';
					if (not) {
						p++;
					}
					boolean match = false;
					while (true) {
						if (this.end - p >= 2 && this.glob[p] == '\\') {
							p++;
							match |= this.glob[p] == channel[s];
						}
						else if (p < this.end && this.glob[p] == ']') {
							break;
						}
						else if (p >= this.end) {
							p--;
							break;
						}
						else if (this.end - p >= 3 && this.glob[p + 1] == '-') {
							int low = Math.min(this.glob[p], this.glob[p + 2]);
							int high = Math.max(this.glob[p], this.glob[p + 2]);
							p += 2;
							match |= channel[s] >= low && channel[s] <= high;
						}
						else {
							match |= this.glob[p] == channel[s];
						}
						p++;
					}
					if (match == not) {
						return false;
					}
					s++;
				}
				default -> {
					if (this.glob[p] == '\\' && this.end - p >= 2) {
						p++;
					}
					if (this.glob[p] != channel[s]) {
						return false;
					}
					s++;
				}
			}
			p++;
			if (s == channel.length) {
				while (p < this.end && this.glob[p] == '*') {
					p++;
				}
				break;
			}
		}
		return p >= this.end && s == channel.length;
	}

}
