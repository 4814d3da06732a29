package io.iodine;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.stereotype.Component;

/**
 * A Spring bean that answers upgradeable requests on some paths: WebSocket handshakes,
 * and GET requests that accept {@code text/event-stream}. Other requests on the same
 * paths go on to the application. Works on a class and on a {@code @Bean} method.
 * <p>
 * The bean is a {@link ConnectionHandler}, which accepts every request (a singleton
 * serves all connections, of a prototype each connection gets its own object), an
 * {@link Upgrader}, which is asked about each, or a class with annotated methods
 * ({@code io.iodine.annotation}). Anything else fails start-up, and so do two beans with
 * the same pattern and protocol. All attributes may contain placeholders.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface UpgradeHandler {

	/**
	 * The paths, as Spring patterns: {@code "/chat"}, <code>"/rooms/{id}"</code>, or a
	 * placeholder such as <code>"${ws.path:/chat}"</code>. The most specific of several
	 * matching patterns wins; {@code spring.webflux.base-path} comes before them, and the
	 * application's path matching (case sensitivity) holds.
	 * @return the path patterns, at least one
	 */
	String[] value();

	/**
	 * What may be upgraded here; requests for another protocol go on to the application.
	 * With RAW, the first protocol that a client offers is switched to, unless an
	 * {@link Upgrader} names one by {@link Upgrade#raw}.
	 * @return the protocols
	 */
	Protocol[] protocols() default { Protocol.WEBSOCKET, Protocol.SSE };

	/**
	 * The WebSocket subprotocols spoken here, the preferred first (RFC 6455, section
	 * 1.9). A client that offers some, but none of these, is refused with 400; one that
	 * offers none is accepted without. Placeholders are resolved.
	 * @return the subprotocols; empty leaves the choice to the {@link Upgrader}
	 */
	String[] subprotocols() default {};

	/**
	 * The origins that browsers may connect from, such as {@code https://example.com}, or
	 * {@code *} for any, besides the application's own and those that its configuration
	 * of CORS names; others are refused with 403. Requests without an {@code Origin}
	 * header do not come from a page and pass. Placeholders are resolved.
	 * @return the origins; empty means {@code iodine.allowed-origins}
	 */
	String[] allowedOrigins() default {};

	/**
	 * Whether the callbacks never block and may run on the connection's event loop, which
	 * saves a change of threads per message.
	 * @return true to run on the event loop
	 */
	boolean nonBlocking() default false;

	/**
	 * How long a client is silent before it is pinged, such as {@code "25s"}, or a
	 * placeholder; {@code "0s"} for never. A single connection may have another by
	 * {@link Connection#timeout(java.time.Duration)}.
	 * @return the time; by default {@code iodine.ping-interval}
	 */
	String pingInterval() default "";

	/**
	 * How long a WebSocket may leave a ping unanswered until it is cut off.
	 * @return the time, above zero; by default {@code iodine.ping-timeout}
	 */
	String pingTimeout() default "";

	/**
	 * Whether messages are compressed for the clients of this handler that offer it,
	 * where {@code iodine.compression.enabled} is true. False suits handlers whose
	 * messages are compressed already, such as images, or mix secrets with what an
	 * attacker chooses.
	 * @return false to send and take no compressed messages
	 */
	boolean compression() default true;

	/**
	 * What happens to a client that reads too slowly.
	 * @return the policy; by default {@code iodine.send-queue.overflow}
	 */
	Overflow overflow() default Overflow.DEFAULT;

}
