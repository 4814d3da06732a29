package io.iodine.pubsub.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.CommandOutput;
import org.jspecify.annotations.Nullable;

/** Takes any reply of RESP2 or RESP3, nested or not, as plain values of the JDK. */
final class PlainReply extends CommandOutput<byte[], byte[], Object> {

	private final Deque<Aggregate> open = new ArrayDeque<>();

	private @Nullable Object result;

	@SuppressWarnings("NullAway")
	PlainReply(RedisCodec<byte[], byte[]> codec) {
		super(codec, null);
	}

	@Override
	@SuppressWarnings("NullAway")
	public Object get() {
		return this.result;
	}

	@Override
	public void set(@Nullable ByteBuffer bytes) {
		add((bytes == null) ? null : plain(bytes));
	}

	@Override
	public void setSingle(@Nullable ByteBuffer bytes) {
		set(bytes);
	}

	@Override
	public void setBigNumber(ByteBuffer bytes) {
		set(bytes);
	}

	@Override
	public void set(long integer) {
		add(integer);
	}

	@Override
	public void set(double number) {
		add(number);
	}

	@Override
	public void set(boolean value) {
		add(value);
	}

	@Override
	public void multi(int count) {
		begin(count, false);
	}

	@Override
	public void multiMap(int count) {
		begin(count, true);
	}

	private void begin(int count, boolean map) {
		if (count < 0) {
			add(null);
			return;
		}
		Aggregate aggregate = new Aggregate(map ? 2 * count : count, map);
		if (aggregate.missing == 0) {
			add(aggregate.value());
		}
		else {
			this.open.push(aggregate);
		}
	}

	private void add(@Nullable Object value) {
		Aggregate parent = this.open.peek();
		if (parent == null) {
			this.result = value;
			return;
		}
		parent.elements.add(value);
		if (--parent.missing == 0) {
			this.open.pop();
			add(parent.value());
		}
	}

	private static Object plain(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.get(bytes);
		return Utf8.isValid(bytes) ? new String(bytes, StandardCharsets.UTF_8) : bytes;
	}

	/** An array or map whose elements are still arriving. */
	private static final class Aggregate {

		private final List<@Nullable Object> elements = new ArrayList<>();

		private final boolean map;

		private int missing;

		Aggregate(int missing, boolean map) {
			this.missing = missing;
			this.map = map;
		}

		Object value() {
			if (!this.map) {
				return this.elements;
			}
			Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
			for (int i = 0; i < this.elements.size(); i += 2) {
				entries.put(this.elements.get(i), this.elements.get(i + 1));
			}
			return entries;
		}

	}

}
