package io.iodine.connection.frame;

import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a message of 1 KiB of JSON costs uncompressed, shared and dedicated. */
@State(Scope.Thread)
public class CompressionBenchmark {

	private static final int LEVEL = 6;

	private static final int MIN_SIZE = 1;

	private final ByteBuf burst = Unpooled.directBuffer(4096);

	private final ZlibPool<Inflater> inflaters = new ZlibPool<>(() -> new Inflater(true), Inflater::reset,
			Inflater::end, 1);

	private Framing shared;

	private Framing dedicated;

	private String json;

	private Message message;

	private byte[] compressed;

	/** Prepares a message and the frame that it becomes. */
	@Setup
	public void prepare() {
		this.json = json(new Random(1));
		this.message = Message.text(this.json);
		this.shared = new CompressedWebSocketFraming(
				new SharedCompressor(
						new ZlibPool<>(() -> new Deflater(LEVEL, true), Deflater::reset, Deflater::end, 1)),
				MIN_SIZE, Integer.MAX_VALUE);
		this.dedicated = new CompressedWebSocketFraming(new DedicatedCompressor(LEVEL), MIN_SIZE, Integer.MAX_VALUE);
		this.burst.clear();
		this.shared.append(this.burst, this.message);
		this.burst.skipBytes(4);
		this.compressed = new byte[this.burst.readableBytes()];
		this.burst.readBytes(this.compressed);
	}

	/** Frees the memory of zlib. */
	@TearDown
	public void end() {
		this.dedicated.dispose();
	}

	/** Without compression. */
	@Benchmark
	public ByteBuf plain() {
		WebSocketFraming.INSTANCE.append(this.burst.clear(), this.message);
		return this.burst;
	}

	/** Once for each message, however many hear it. */
	@Benchmark
	public ByteBuf sharedOnce() {
		this.shared.append(this.burst.clear(), Message.text(this.json));
		return this.burst;
	}

	/** Again for each group of subscribers that hears it. */
	@Benchmark
	public ByteBuf sharedAgain() {
		this.shared.append(this.burst.clear(), this.message);
		return this.burst;
	}

	/** For each subscriber anew. */
	@Benchmark
	public ByteBuf dedicated() {
		this.dedicated.append(this.burst.clear(), this.message);
		return this.burst;
	}

	/** The other way. */
	@Benchmark
	public byte[] inflate() throws DataFormatException {
		MessageDecompressor inflation = new MessageDecompressor(this.inflaters, MessageDecompressor.Context.NONE,
				64 * 1024);
		inflation.add(this.compressed.clone(), this.compressed.length);
		inflation.addTail();
		byte[] content = inflation.end();
		inflation.close();
		return content;
	}

	private static String json(Random random) {
		StringBuilder json = new StringBuilder("{\"orders\":[");
		while (json.length() < 950) {
			json.append("{\"id\":")
				.append(random.nextInt(1_000_000))
				.append(",\"price\":")
				.append(random.nextInt(10_000) / 100.0)
				.append(",\"side\":\"")
				.append(random.nextBoolean() ? "buy" : "sell")
				.append("\"},");
		}
		return json.append("{}]}").toString();
	}

}
