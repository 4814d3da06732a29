package io.iodine;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * Sends commands to the Redis of the pub/sub engine, on its publishing connection. A bean
 * where Redis is the engine.
 */
public interface RedisCommands {

	/**
	 * Sends a command. Commands of one thread are answered in their order.
	 * @param name the command, such as {@code CLIENT}
	 * @param args its arguments, such as {@code LIST}
	 * @return the reply as a {@code String} (or {@code byte[]}, when it is not valid
	 * UTF-8), {@code Long}, {@code Double}, {@code Boolean}, {@code List}, {@code Map} or
	 * null. It fails when Redis is away or answers with an error, and with
	 * {@code IllegalArgumentException} when the command would block or change the shared
	 * connection, as SUBSCRIBE, MULTI or BLPOP do
	 */
	CompletionStage<@Nullable Object> command(String name, String... args);

}
