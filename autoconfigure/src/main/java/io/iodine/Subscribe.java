package io.iodine;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a bean that receives the messages of channels, as a listener of
 * {@link PubSub} does.
 * <p>
 * Its first parameter is the message: a {@link Message}, a {@code String}, a
 * {@code byte[]}, or any other type, into which Jackson reads the message as JSON. A
 * second parameter, a {@code String}, gets the channel. What it throws is logged, a
 * message that Jackson can't read included.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Subscribe {

	/**
	 * The channels, and patterns, which are recognised by one of the characters
	 * {@code * ? [ \}. Placeholders are resolved.
	 * @return the channels and patterns
	 */
	String[] value();

}
