package io.iodine.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Marks a method of an {@code @UpgradeHandler} bean that receives messages. What it
 * returns is written to the client.
 * <p>
 * A method with an event name receives the events of that name, in text messages such as
 * <code>{"event": "order.cancel", "id": 7, "data": {...}}</code>; the id asks for an
 * acknowledgement. A method without one receives whole messages, by the type of its
 * payload parameter: {@code String}, {@code byte[]}, {@link io.iodine.Message} or a type
 * that is read from JSON.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnMessage {

	/**
	 * Alias for {@link #event}.
	 * @return the name; empty for messages without an event name
	 */
	@AliasFor("event")
	String value() default "";

	/**
	 * The name of the event. May contain placeholders; names that begin with
	 * {@code iodine.} are reserved.
	 * @return the name; empty for messages without an event name
	 */
	@AliasFor("value")
	String event() default "";

}
