package io.iodine.pubsub;

import java.nio.charset.StandardCharsets;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to try one pattern on the name of a channel. */
@State(Scope.Thread)
public class GlobBenchmark {

	private final byte[] channel = "orders.europe.north.4711".getBytes(StandardCharsets.UTF_8);

	/** The pattern: the last has a matcher look back as far as it can. */
	@Param({ "orders.*", "*.north.*", "orders.[a-f]*.????[h]*", "*o*r*e*x" })
	private String glob;

	private GlobPattern pattern;

	/** Compiles the pattern, which a subscription does once. */
	@Setup
	public void compile() {
		this.pattern = GlobPattern.compile(this.glob);
	}

	/** Tries it. */
	@Benchmark
	public boolean matches() {
		return this.pattern.matches(this.channel);
	}

}
