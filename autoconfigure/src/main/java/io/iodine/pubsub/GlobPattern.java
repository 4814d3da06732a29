package io.iodine.pubsub;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A glob as Redis understands it, compiled once. It matches bytes, as Redis does, so that
 * a pattern matches the same channels whether the process or Redis compares: {@code ?} is
 * one byte of UTF-8, ranges compare signed bytes, a range written backwards is turned
 * round, a class that is never closed ends with the pattern, and the empty channel is
 * matched by the empty pattern alone.
 */
public final class GlobPattern {

	private static final int ANY_BYTE = 256;

	private static final int ANY_RUN = 257;

	private static final int FIRST_CLASS = 258;

	private final int[] steps;

	private final BitSet[] classes;

	private GlobPattern(int[] steps, BitSet[] classes) {
		this.steps = steps;
		this.classes = classes;
	}

	/**
	 * Compiles a pattern.
	 * @param glob the pattern
	 * @return the compiled pattern
	 */
	public static GlobPattern compile(String glob) {
		return new Compiler(glob.getBytes(StandardCharsets.UTF_8)).compile();
	}

	/**
	 * Whether every class of a glob is closed and every backslash escapes something.
	 * Redis takes others too.
	 */
	static boolean isWellFormed(String glob) {
		boolean open = false;
		for (int i = 0; i < glob.length(); i++) {
			char c = glob.charAt(i);
			if (c == '\\' && ++i == glob.length()) {
				return false;
			}
			if (c == '[') {
				open = true;
			}
			else if (c == ']') {
				open = false;
			}
		}
		return !open && !glob.isEmpty();
	}

	/**
	 * Compares without recursion: only the last run of any bytes is ever widened, so the
	 * cost is bounded by the product of both lengths.
	 * @param channel the name of a channel in UTF-8
	 * @return whether the pattern matches it
	 */
	public boolean matches(byte[] channel) {
		if (channel.length == 0) {
			return this.steps.length == 0;
		}
		int step = 0;
		int position = 0;
		int lastRun = -1;
		int runEnd = 0;
		while (position < channel.length) {
			if (step < this.steps.length && this.steps[step] == ANY_RUN) {
				lastRun = step++;
				runEnd = position;
			}
			else if (step < this.steps.length && accepts(this.steps[step], channel[position])) {
				step++;
				position++;
			}
			else if (lastRun >= 0) {
				step = lastRun + 1;
				position = ++runEnd;
			}
			else {
				return false;
			}
		}
		return step == this.steps.length || (step == this.steps.length - 1 && this.steps[step] == ANY_RUN);
	}

	private boolean accepts(int step, byte value) {
		int unsigned = value & 0xFF;
		if (step < ANY_BYTE) {
			return step == unsigned;
		}
		return step == ANY_BYTE || this.classes[step - FIRST_CLASS].get(unsigned);
	}

	/**
	 * Reads a pattern the way the loop of Redis' {@code stringmatchlen} walks over it.
	 */
	private static final class Compiler {

		private final byte[] glob;

		private final int[] steps;

		private BitSet[] classes = {};

		private int position;

		private int length;

		Compiler(byte[] glob) {
			this.glob = glob;
			this.steps = new int[glob.length];
		}

		GlobPattern compile() {
			while (this.position < this.glob.length) {
				switch (this.glob[this.position]) {
					case '*' -> anyRun();
					case '?' -> add(ANY_BYTE);
					case '[' -> add(readClass());
					default -> add(readLiteral() & 0xFF);
				}
				this.position++;
			}
			return new GlobPattern(Arrays.copyOf(this.steps, this.length), this.classes);
		}

		private void anyRun() {
			if (this.length == 0 || this.steps[this.length - 1] != ANY_RUN) {
				add(ANY_RUN);
			}
		}

		private void add(int step) {
			this.steps[this.length++] = step;
		}

		private byte readLiteral() {
			if (this.glob[this.position] == '\\' && remaining() >= 2) {
				this.position++;
			}
			return this.glob[this.position];
		}

		private int readClass() {
			this.position++;
			boolean negated = remaining() > 0 && this.glob[this.position] == '^';
			if (negated) {
				this.position++;
			}
			BitSet accepted = new BitSet(256);
			while (remaining() > 0 && this.glob[this.position] != ']') {
				readMember(accepted);
				this.position++;
			}
			if (negated) {
				accepted.flip(0, 256);
			}
			this.classes = Arrays.copyOf(this.classes, this.classes.length + 1);
			this.classes[this.classes.length - 1] = accepted;
			return FIRST_CLASS + this.classes.length - 1;
		}

		private void readMember(BitSet accepted) {
			if (this.glob[this.position] == '\\' && remaining() >= 2) {
				accepted.set(this.glob[++this.position] & 0xFF);
			}
			else if (remaining() >= 3 && this.glob[this.position + 1] == '-') {
				int from = this.glob[this.position];
				int to = this.glob[this.position + 2];
				for (int value = Math.min(from, to); value <= Math.max(from, to); value++) {
					accepted.set(value & 0xFF);
				}
				this.position += 2;
			}
			else {
				accepted.set(this.glob[this.position] & 0xFF);
			}
		}

		private int remaining() {
			return this.glob.length - this.position;
		}

	}

}
