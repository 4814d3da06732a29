package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.iodine.PresenceMember;
import io.iodine.RedisCommands;
import io.iodine.pubsub.MemberText;
import io.iodine.pubsub.PresenceStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Who is on channels, in Redis: for each channel a sorted set of members, each behind the
 * name of its process, whose scores say when they are gone unless their process says
 * again that they are there. By the clock of Redis only.
 */
final class RedisPresence implements PresenceStore {

	private static final Log logger = LogFactory.getLog(RedisPresence.class);

	private static final String NOW = """
			local time = redis.call('TIME')
			local now = time[1] * 1000 + math.floor(time[2] / 1000)
			""";

	private static final RedisScript REFRESH = new RedisScript(NOW + """
			redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
			for i = 2, #ARGV do
				redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[1]), ARGV[i])
			end
			return redis.call('PEXPIRE', KEYS[1], ARGV[1])
			""");

	private static final RedisScript MEMBERS = new RedisScript(NOW + """
			return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')
			""");

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
	RedisPresence(RedisCommands commands, String prefix, Duration timeToLive) {
		this.commands = commands;
		this.prefix = prefix;
		this.timeToLive = Long.toString(timeToLive.toMillis());
	}

	@Override
	public CompletionStage<?> refresh(String channel, Collection<PresenceMember> members) {
		List<String> args = new ArrayList<>(List.of(this.timeToLive));
		members.forEach((member) -> args.add(entry(member)));
		return logged(run(REFRESH, channel, args));
	}

	@Override
	public CompletionStage<?> remove(String channel, Collection<PresenceMember> members) {
		List<String> args = new ArrayList<>(List.of(key(channel)));
		members.forEach((member) -> args.add(entry(member)));
		return logged(this.commands.command("ZREM", args.toArray(String[]::new)));
	}

	@Override
	public CompletionStage<List<PresenceMember>> members(String channel) {
		return run(MEMBERS, channel, List.of()).thenApply(RedisPresence::members);
	}

	/** By its digest, or whole when the server doesn't know it. */
	private CompletionStage<@Nullable Object> run(RedisScript script, String channel, List<String> args) {
		return this.commands.command("EVALSHA", with(script.digest(), channel, args))
			.exceptionallyCompose((failure) -> {
				String message = String.valueOf(failure.getMessage());
				if (message.contains("NOSCRIPT") || message.contains("NOPERM")) {
					return this.commands.command("EVAL", with(script.text(), channel, args));
				}
				return CompletableFuture.failedStage(failure);
			});
	}

	private String[] with(String script, String channel, List<String> args) {
		List<String> all = new ArrayList<>(List.of(script, "1", key(channel)));
		all.addAll(args);
		return all.toArray(String[]::new);
	}

	private static CompletionStage<?> logged(CompletionStage<?> reply) {
		return reply.whenComplete((done, failure) -> {
			if (failure != null) {
				logger.debug("The members could not be stored in Redis", failure);
			}
		});
	}

	/** Of a name that joined in several processes, the entry that expires last. */
	private static List<PresenceMember> members(@Nullable Object reply) {
		Map<String, PresenceMember> members = new LinkedHashMap<>();
		if (reply instanceof List<?> entries) {
			for (Object entry : entries) {
				String text = String.valueOf(entry);
				PresenceMember member = MemberText.read(text.substring(text.indexOf('\n') + 1));
				PresenceMember former = members.put(member.name(), member);
				if (former != null && member.data().isEmpty()) {
					members.put(member.name(), former);
				}
			}
		}
		return List.copyOf(members.values());
	}

	private String key(String channel) {
		return this.prefix + "iodine:presence:{" + channel + "}";
	}

	private String entry(PresenceMember member) {
		return this.process + "\n" + MemberText.write(member);
	}

}
