package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.iodine.Message;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.HistoryPage;
import io.iodine.pubsub.Position;
import org.jspecify.annotations.Nullable;

/**
 * The history of channels in Redis: a stream a channel, whose entry ids are the offsets,
 * and a hash with the epoch and the last offset, which outlives the stream. A script
 * appends and publishes in one step, so that positions and delivery have one order. What
 * it publishes carries its position in a first line.
 */
final class HistoryStreams {

	private static final String HEADER = "\0iodine:";

	private static final byte[] HEADER_BYTES = bytes(HEADER);

	private static final byte[] APPEND = bytes("""
			local epoch = redis.call('HGET', KEYS[2], 'epoch')
			if not epoch then
				epoch = ARGV[4]
				redis.call('HSET', KEYS[2], 'epoch', epoch)
			end
			local offset = string.format('%.0f', redis.call('HINCRBY', KEYS[2], 'offset', 1))
			local time = redis.call('TIME')
			redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], offset .. '-0',
					't', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), 'm', ARGV[1])
			redis.call('PEXPIRE', KEYS[1], ARGV[3])
			redis.call('PEXPIRE', KEYS[2], ARGV[3] + 86400000)
			local message = ARGV[6] .. epoch .. ':' .. offset .. '\\n' .. ARGV[1]
			if #ARGV < 7 then
				return redis.call('PUBLISH', ARGV[5], message)
			end
			redis.call('SPUBLISH', ARGV[7], ARGV[8] .. message)
			return redis.call('SPUBLISH', ARGV[5], message)
			""");

	private static final byte[] READ = bytes("""
			if redis.call('HSETNX', KEYS[2], 'epoch', ARGV[2]) == 1 then
				redis.call('PEXPIRE', KEYS[2], ARGV[3] + 86400000)
			end
			local meta = redis.call('HMGET', KEYS[2], 'epoch', 'offset')
			local time = redis.call('TIME')
			return { meta[1], meta[2] or '0', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)),
					redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[4]) }
			""");

	private static final byte[] PROBE = bytes("""
			redis.call('HSETNX', KEYS[2], 'epoch', ARGV[1])
			redis.call('HSET', KEYS[2], 'epoch', ARGV[1])
			redis.call('HGET', KEYS[2], 'epoch')
			redis.call('HMGET', KEYS[2], 'epoch', 'offset')
			redis.call('HINCRBY', KEYS[2], 'offset', 1)
			redis.call('TIME')
			redis.call('XADD', KEYS[1], 'MAXLEN', 1, '*', 'm', ARGV[1])
			redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
			redis.call('PEXPIRE', KEYS[1], 1)
			return redis.call('PEXPIRE', KEYS[2], 1)
			""");

	private static final String PROBED = "iodine:probe";

	private final ChannelNames names;

	private final HistorySettings settings;

	HistoryStreams(ChannelNames names, HistorySettings settings) {
		this.names = names;
		this.settings = settings;
	}

	/** The arguments of EVAL that append a message and publish it. */
	List<byte[]> append(String channel, byte[] payload) {
		List<byte[]> args = new ArrayList<>(List.of(APPEND, bytes("2"), stream(channel), meta(channel), payload,
				bytes(Integer.toString(this.settings.size())), timeToLive(), newEpoch(channel),
				this.names.inRedis(channel), HEADER_BYTES));
		if (this.names.areSharded()) {
			args.add(this.names.relay(channel));
			args.add(RelayMessage.head(channel));
		}
		return args;
	}

	/** The arguments of EVAL that read what came after a position. */
	List<byte[]> read(String channel, Position since, int max) {
		return List.of(READ, bytes("2"), stream(channel), meta(channel), bytes((since.offset() + 1) + "-0"),
				newEpoch(channel), timeToLive(), bytes(Integer.toString(max)));
	}

	/** The arguments of EVAL that do what the others do, and leave nothing. */
	List<byte[]> probe() {
		return List.of(PROBE, bytes("2"), stream(PROBED), meta(PROBED), bytes("probe"));
	}

	byte[] probeKey() {
		return stream(PROBED);
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

	/** What the reply of reading says. */
	HistoryPage missed(@Nullable Object reply, Position since, int max) {
		List<?> parts = (List<?>) Objects.requireNonNull(reply);
		Position last = new Position(String.valueOf(parts.get(0)), Long.parseLong(String.valueOf(parts.get(1))));
		long oldest = Long.parseLong(String.valueOf(parts.get(2))) - this.settings.timeToLive().toMillis();
		if (!last.epoch().equals(since.epoch())) {
			return new HistoryPage(false, List.of(), last);
		}
		List<Message> messages = new ArrayList<>();
		for (Object entry : (List<?>) Objects.requireNonNull(parts.get(3))) {
			List<?> fields = (List<?>) ((List<?>) entry).get(1);
			if (Long.parseLong(String.valueOf(fields.get(1))) >= oldest) {
				messages.add(message(fields.get(3), ((List<?>) entry).get(0), last.epoch()));
			}
		}
		boolean complete = Math.min(last.offset() - since.offset(), max) == messages.size();
		return new HistoryPage(complete, complete ? messages : List.of(), last);
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

	private byte[] timeToLive() {
		return bytes(Long.toString(this.settings.timeToLive().toMillis()));
	}

	/** The key of a channel's stream. */
	byte[] stream(String channel) {
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
