package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import io.iodine.Message;
import io.iodine.pubsub.HistoryPage;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.Position;
import org.jspecify.annotations.Nullable;

/**
 * The history of channels in Redis: a stream a channel, whose entry ids are the offsets,
 * and a hash with the epoch and the last offset, which outlives the stream. A script
 * appends and publishes in one step, so that positions and delivery have one order. What
 * it publishes carries its position in a first line. The epoch in a position ends with
 * the run of the server: another run may have begun with an older state of its data, in
 * which the same offsets are other messages.
 */
final class HistoryStreams {

	private static final String HEADER = "\0iodine:";

	private static final byte[] HEADER_BYTES = bytes(HEADER);

	private static final RedisScript APPEND = new RedisScript("""
			local sent = KEYS[3] and redis.call('GET', KEYS[3])
			if sent then
				return sent
			end
			local meta = redis.call('HMGET', KEYS[2], 'epoch', 'offset')
			local epoch, offset = meta[1], tonumber(meta[2] or '0')
			local top = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
			local last = top and tonumber(string.match(top[1], '^%d+')) or 0
			if not epoch or last > offset then
				epoch, offset = ARGV[5], math.max(last, offset)
				redis.call('HSET', KEYS[2], 'epoch', epoch)
				if not top then
					redis.call('DEL', KEYS[1])
				end
			end
			offset = string.format('%.0f', offset + 1)
			redis.call('HSET', KEYS[2], 'offset', offset)
			local time = redis.call('TIME')
			redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[3], offset .. '-0',
					't', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), 'm', ARGV[2])
			redis.call('PEXPIRE', KEYS[1], ARGV[4])
			redis.call('PEXPIRE', KEYS[2], ARGV[4] + 86400000)
			local position = epoch .. '-' .. ARGV[1] .. ':' .. offset
			if KEYS[3] then
				redis.call('SET', KEYS[3], position, 'PX', ARGV[4])
			end
			local message = ARGV[7] .. position .. '\\n' .. ARGV[2]
			if ARGV[8] then
				redis.call('SPUBLISH', ARGV[8], ARGV[9] .. message)
				redis.call('SPUBLISH', ARGV[6], message)
			else
				redis.call('PUBLISH', ARGV[6], message)
			end
			return position
			""");

	private static final String STATE = """
			local meta = redis.call('HMGET', KEYS[2], 'epoch', 'offset')
			local epoch = meta[1] and meta[1] .. '-' .. ARGV[1] or ''
			""";

	private static final String PAGE = STATE
			+ """
					local time = redis.call('TIME')
					return { epoch, meta[2] or '0', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), entries }
					""";

	private static final RedisScript READ = new RedisScript(
			"local entries = redis.call('XRANGE', KEYS[1], ARGV[2], '+', 'COUNT', ARGV[3])\n" + PAGE);

	private static final RedisScript LAST = new RedisScript(
			"local entries = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[2])\n" + PAGE);

	private static final RedisScript TOP = new RedisScript(STATE + """
			return meta[1] and epoch .. ':' .. (meta[2] or '0') or ''
			""");

	private static final RedisScript BEGIN = new RedisScript("""
			if redis.call('HSETNX', KEYS[2], 'epoch', ARGV[2]) == 1 then
				redis.call('PEXPIRE', KEYS[2], ARGV[3] + 86400000)
			end
			return redis.call('HGET', KEYS[2], 'epoch') .. '-' .. ARGV[1]
			""");

	private static final RedisScript PROBE = new RedisScript("""
			redis.call('GET', KEYS[1])
			redis.call('SET', KEYS[1], ARGV[2], 'PX', 1)
			redis.call('DEL', KEYS[1])
			redis.call('HSETNX', KEYS[2], 'epoch', ARGV[2])
			redis.call('HSET', KEYS[2], 'epoch', ARGV[2])
			redis.call('HGET', KEYS[2], 'epoch')
			redis.call('HMGET', KEYS[2], 'epoch', 'offset')
			redis.call('TIME')
			redis.call('XADD', KEYS[1], 'MAXLEN', 1, '*', 'm', ARGV[2])
			redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
			redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
			redis.call('PEXPIRE', KEYS[1], 1)
			return redis.call('PEXPIRE', KEYS[2], 1)
			""");

	/** All that a connection has to load. */
	static final List<RedisScript> SCRIPTS = List.of(APPEND, READ, LAST, TOP, BEGIN, PROBE);

	private static final String PROBED = "iodine:probe";

	private final ChannelNames names;

	private final HistorySettings settings;

	HistoryStreams(ChannelNames names, HistorySettings settings) {
		this.names = names;
		this.settings = settings;
	}

	/** Appends a message and publishes it; answers its position. */
	ScriptCall append(String channel, byte[] payload, @Nullable String idempotencyKey) {
		List<byte[]> keys = (idempotencyKey != null)
				? List.of(stream(channel), meta(channel), this.names.key(channel, "history-key", idempotencyKey))
				: keys(channel);
		List<byte[]> args = new ArrayList<>(
				List.of(payload, bytes(Integer.toString(this.settings.retention(channel).size())), timeToLive(channel),
						newEpoch(channel), this.names.inRedis(channel), HEADER_BYTES));
		if (this.names.areSharded()) {
			args.add(this.names.relay(channel));
			args.add(RelayMessage.head(channel));
		}
		return new ScriptCall(APPEND, keys, args);
	}

	/** Reads what came after a position. */
	ScriptCall read(String channel, Position since, int max) {
		return new ScriptCall(READ, keys(channel),
				List.of(bytes((since.offset() + 1) + "-0"), bytes(Integer.toString(max))));
	}

	/** Reads the newest messages. */
	ScriptCall last(String channel, int max) {
		return new ScriptCall(LAST, keys(channel), List.of(bytes(Integer.toString(max))));
	}

	/** Reads the newest position; empty when there is none. */
	ScriptCall top(String channel) {
		return new ScriptCall(TOP, keys(channel), List.of());
	}

	/** Begins a history that has no epoch as yet; answers its epoch. */
	ScriptCall begin(String channel) {
		return new ScriptCall(BEGIN, keys(channel), List.of(newEpoch(channel), timeToLive(channel)));
	}

	/** Does what the others do, and leaves nothing. */
	ScriptCall probe() {
		return new ScriptCall(PROBE, keys(PROBED), List.of(bytes("probe")));
	}

	private List<byte[]> keys(String channel) {
		return List.of(stream(channel), meta(channel));
	}

	/**
	 * What was published to a channel with history; without a position when another than
	 * we published it.
	 */
	Message received(byte[] payload) {
		int line = startsWithHeader(payload) ? indexOfLine(payload) : -1;
		if (line < 0) {
			return Payload.message(payload);
		}
		String id = new String(payload, HEADER_BYTES.length, line - HEADER_BYTES.length, StandardCharsets.UTF_8);
		return Payload.message(Arrays.copyOfRange(payload, line + 1, payload.length)).id(id);
	}

	/** The epoch that a reply of reading says; empty when the history has not begun. */
	static String epoch(@Nullable Object reply) {
		return String.valueOf(((List<?>) Objects.requireNonNull(reply)).get(0));
	}

	/** What the reply of reading says. */
	HistoryPage missed(String channel, @Nullable Object reply, Position since, int max) {
		List<?> parts = (List<?>) Objects.requireNonNull(reply);
		Position last = new Position(epoch(reply), Long.parseLong(String.valueOf(parts.get(1))));
		if (!last.epoch().equals(since.epoch())) {
			return new HistoryPage(false, List.of(), last);
		}
		List<Message> messages = messages(channel, parts, last.epoch());
		boolean complete = Math.min(last.offset() - since.offset(), max) == messages.size();
		return new HistoryPage(complete, complete ? messages : List.of(), last);
	}

	/** The newest messages, which the reply has newest first. */
	List<Message> newest(String channel, @Nullable Object reply) {
		List<Message> messages = messages(channel, (List<?>) Objects.requireNonNull(reply), epoch(reply));
		Collections.reverse(messages);
		return messages;
	}

	/** Those that are not too old. */
	private List<Message> messages(String channel, List<?> parts, String epoch) {
		long oldest = Long.parseLong(String.valueOf(parts.get(2)))
				- this.settings.retention(channel).timeToLive().toMillis();
		List<Message> messages = new ArrayList<>();
		for (Object entry : (List<?>) Objects.requireNonNull(parts.get(3))) {
			List<?> fields = (List<?>) ((List<?>) entry).get(1);
			if (Long.parseLong(String.valueOf(fields.get(1))) >= oldest) {
				messages.add(message(fields.get(3), ((List<?>) entry).get(0), epoch));
			}
		}
		return messages;
	}

	private static Message message(@Nullable Object payload, Object entryId, String epoch) {
		Message message = (payload instanceof byte[] binary) ? Message.binary(binary)
				: Message.text(String.valueOf(payload));
		String offset = String.valueOf(entryId);
		return message.id(epoch + ":" + offset.substring(0, offset.indexOf('-')));
	}

	/**
	 * For each message another, because any may be the first after Redis lost its data.
	 */
	private static byte[] newEpoch(String channel) {
		return bytes(Position.newEpoch(channel));
	}

	private byte[] timeToLive(String channel) {
		return bytes(Long.toString(this.settings.retention(channel).timeToLive().toMillis()));
	}

	private byte[] stream(String channel) {
		return this.names.key(channel, "history");
	}

	private byte[] meta(String channel) {
		return this.names.key(channel, "history-meta");
	}

	private static boolean startsWithHeader(byte[] payload) {
		return payload.length > HEADER_BYTES.length
				&& Arrays.equals(payload, 0, HEADER_BYTES.length, HEADER_BYTES, 0, HEADER_BYTES.length);
	}

	private static int indexOfLine(byte[] payload) {
		for (int i = HEADER_BYTES.length; i < payload.length; i++) {
			if (payload[i] == '\n') {
				return i;
			}
		}
		return -1;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
