package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

import io.iodine.RedisCommands;
import io.iodine.pubsub.PresenceStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Who is on channels, in Redis: for each channel a sorted set of members, each behind the
 * name of its process, whose scores say when they are gone unless their process says
 * again that they are there. By the clock of Redis only.
 */
public final class RedisPresence implements PresenceStore {

	private static final Log logger = LogFactory.getLog(RedisPresence.class);

	private static final int MEMBERS_A_COMMAND = 500;

	private static final String NOW = """
			local time = redis.call('TIME')
			local now = time[1] * 1000 + math.floor(time[2] / 1000)
			""";

	private static final String REFRESH = NOW + """
			redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
			for i = 2, #ARGV do
				redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[1]), ARGV[i])
			end
			return redis.call('PEXPIRE', KEYS[1], ARGV[1])
			""";

	private static final String MEMBERS = NOW + """
			return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')
			""";

	private final RedisCommands commands;

	private final String prefix;

	private final String timeToLive;

	private final String process = UUID.randomUUID().toString();

	/**
	 * Creates a store.
	 * @param commands sends commands
	 * @param prefix stands before the names of keys
	 * @param timeToLive how long a member is there after it was last said to be
	 */
	public RedisPresence(RedisCommands commands, String prefix, Duration timeToLive) {
		this.commands = commands;
		this.prefix = prefix;
		this.timeToLive = Long.toString(timeToLive.toMillis());
	}

	@Override
	public void refresh(String channel, Set<String> members) {
		List<String> all = List.copyOf(members);
		for (int from = 0; from < all.size(); from += MEMBERS_A_COMMAND) {
			List<String> args = new ArrayList<>(List.of(REFRESH, "1", key(channel), this.timeToLive));
			all.subList(from, Math.min(all.size(), from + MEMBERS_A_COMMAND))
				.forEach((member) -> args.add(entry(member)));
			send("EVAL", args);
		}
	}

	@Override
	public void remove(String channel, String member) {
		send("ZREM", List.of(key(channel), entry(member)));
	}

	@Override
	public CompletionStage<Set<String>> members(String channel) {
		return this.commands.command("EVAL", MEMBERS, "1", key(channel)).thenApply(RedisPresence::names);
	}

	/** What Redis doesn't take now is said again, or forgotten by itself, in time. */
	private void send(String name, List<String> args) {
		this.commands.command(name, args.toArray(String[]::new)).whenComplete((reply, failure) -> {
			if (failure != null) {
				logger.debug("Redis was not told who is there", failure);
			}
		});
	}

	private static Set<String> names(@Nullable Object reply) {
		Set<String> names = new HashSet<>();
		if (reply instanceof List<?> entries) {
			for (Object entry : entries) {
				String text = String.valueOf(entry);
				names.add(text.substring(text.indexOf('\n') + 1));
			}
		}
		return names;
	}

	private String key(String channel) {
		return this.prefix + "iodine:presence:{" + channel + "}";
	}

	private String entry(String member) {
		return this.process + "\n" + member;
	}

}
