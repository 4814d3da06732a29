package io.iodine.file;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to read the fields of a request for a file. */
@State(Scope.Thread)
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
