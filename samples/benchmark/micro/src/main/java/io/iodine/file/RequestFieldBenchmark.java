package io.iodine.file;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to read the fields of a request for a file. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RequestFieldBenchmark {

	private String range = "bytes=1000-1999";

	private String encodings = "gzip, deflate, br, zstd";

	/** {@code Range}. */
	@Benchmark
	public Object range() {
		return ByteRange.parse(this.range, 1_000_000);
	}

	/** {@code Accept-Encoding}, as a browser says it again and again. */
	@Benchmark
	public Object acceptEncoding() {
		return AcceptEncoding.of(this.encodings);
	}

}
