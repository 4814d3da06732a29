package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.iodine.RedisCommands;
import org.jspecify.annotations.Nullable;

/** Sends what may be sent on a connection that others share. */
final class EngineCommands implements RedisCommands {

	private static final Set<String> CHANGE_THE_CONNECTION = Set.of("SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE",
			"PUNSUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR", "QUIT", "RESET", "HELLO", "AUTH", "SELECT",
			"MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH", "SYNC", "PSYNC", "READONLY", "READWRITE", "ASKING");

	private static final Set<String> BLOCK = Set.of("BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN",
			"BZPOPMAX", "BZMPOP", "WAIT", "WAITAOF");

	private static final Set<String> BLOCK_ON_DEMAND = Set.of("XREAD", "XREADGROUP");

	private static final Set<String> CHANGE_REPLIES = Set.of("REPLY", "TRACKING", "CACHING");

	private final RedisRequests requests;

	EngineCommands(RedisRequests requests) {
		this.requests = requests;
	}

	@Override
	public CompletionStage<@Nullable Object> command(String name, String... args) {
		if (breaksTheConnection(name.toUpperCase(Locale.ROOT), args)) {
			return CompletableFuture.failedFuture(new IllegalArgumentException(name
					+ " would block or change the connection that pub/sub publishes on: send it on one of your own"));
		}
		return this.requests.command(name,
				Arrays.stream(args).map((arg) -> arg.getBytes(StandardCharsets.UTF_8)).toList());
	}

	private static boolean breaksTheConnection(String name, String... args) {
		return CHANGE_THE_CONNECTION.contains(name) || BLOCK.contains(name)
				|| (BLOCK_ON_DEMAND.contains(name) && Arrays.stream(args).anyMatch("BLOCK"::equalsIgnoreCase))
				|| (name.equals("CLIENT") && args.length > 0
						&& CHANGE_REPLIES.contains(args[0].toUpperCase(Locale.ROOT)));
	}

}
