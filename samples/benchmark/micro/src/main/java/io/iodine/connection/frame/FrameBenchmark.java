package io.iodine.connection.frame;

import java.nio.charset.StandardCharsets;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to encode a frame, to unmask one, and to look whether it is UTF-8. */
@State(Scope.Thread)
public class FrameBenchmark {

	private static final int MASK = 0x37FA213D;

	private final ByteBuf burst = Unpooled.directBuffer(8192);

	/** Bytes of content. */
	@Param({ "64", "4096" })
	private int size;

	private Message message;

	private byte[] text;

	private byte[] content;

	/** Prepares the content. */
	@Setup
	public void prepare() {
		this.text = "x".repeat(this.size).getBytes(StandardCharsets.US_ASCII);
		this.content = this.text.clone();
		this.message = Message.text(this.text.clone());
	}

	/** A WebSocket frame. */
	@Benchmark
	public ByteBuf encode() {
		WebSocketFraming.INSTANCE.append(this.burst.clear(), this.message);
		return this.burst;
	}

	/** In place. */
	@Benchmark
	public byte[] unmask() {
		Masking.apply(this.content, 0, this.size, MASK, 0);
		return this.content;
	}

	/** Text of ASCII letters. */
	@Benchmark
	public boolean utf8() {
		return Utf8Validator.isValid(this.text);
	}

}
