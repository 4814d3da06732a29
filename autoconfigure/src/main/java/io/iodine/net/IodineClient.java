package io.iodine.net;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.stereotype.Component;

/**
 * A {@link io.iodine.ConnectionHandler} bean that is connected to a server from the start
 * of the application to its end. After a connection was lost, another is made:
 * {@code onOpen} is called again, and may subscribe again.
 * <p>
 * {@code iodine.clients.<bean name>.*} sets the same, and more, and wins over it.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface IodineClient {

	/**
	 * Where to connect to, as with {@link Connector}. Placeholders are resolved.
	 * @return the URL
	 */
	String url() default "";

	/**
	 * Whether another connection is made after one was lost, or could not be made: after
	 * a time that doubles with each failure, from {@code iodine.clients.<bean
	 * name>.min-delay} to {@code .max-delay}, less a random part.
	 * @return false to connect once
	 */
	boolean reconnect() default true;

	/**
	 * The subprotocols that a WebSocket offers, by preference.
	 * @return the subprotocols
	 */
	String[] subprotocols() default {};

	/**
	 * Whether callbacks run on the event loop, where they must not block.
	 * @return true for the event loop
	 */
	boolean nonBlocking() default false;

}
