package io.iodine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The answer to an upgradeable request: accept, reject, decline, or one of them later.
 * Immutable: each method answers a new one. Returned by an {@link Upgrader} or a
 * controller method, or set as exchange attribute {@link #ATTRIBUTE} by a filter or a
 * functional route.
 * <p>
 * The headers and cookies of the application's response travel in the 101 or 200, its
 * body does not; a response status of 300 or more cancels the upgrade.
 */
public sealed interface Upgrade {

	/** The exchange attribute under which filters and functional routes answer. */
	String ATTRIBUTE = "io.iodine.upgrade";

	/**
	 * Accepts the request: the connection becomes a WebSocket or an event stream, as was
	 * asked for. Ignored when the request can't be upgraded.
	 * @param handler gets the callbacks
	 * @return the answer
	 */
	static Upgrade accept(ConnectionHandler handler) {
		return new Accept(handler, Optional.empty(), Optional.empty(), List.of());
	}

	/**
	 * Accepts a request for a protocol of the application's own: 101 with
	 * {@code Upgrade: protocol}, then bytes (RFC 9110, section 7.8).
	 * @param protocol the token for the {@code Upgrade} header, one that the client
	 * offered
	 * @param handler gets the callbacks
	 * @return the answer
	 */
	static Upgrade raw(String protocol, ConnectionHandler handler) {
		return new Accept(handler, Optional.of(FieldSyntax.token(protocol)), Optional.empty(), List.of());
	}

	/**
	 * Refuses the request with a status and no body.
	 * @param status the HTTP status, 300 to 599
	 * @return the answer
	 */
	static Upgrade reject(int status) {
		return reject(status, "");
	}

	/**
	 * Refuses the request with a status and a body of {@code text/plain}.
	 * @param status the HTTP status, 300 to 599
	 * @param body the body
	 * @return the answer
	 */
	static Upgrade reject(int status, String body) {
		return new Reject(status, body, List.of());
	}

	/**
	 * Leaves the request alone: it goes on to the application unchanged. From a
	 * controller, route or filter: no upgrade.
	 * @return the answer
	 */
	static Upgrade decline() {
		return new Decline();
	}

	/**
	 * Decides later. A failed stage goes to Spring's error handling; the wait is bounded
	 * by {@code iodine.upgrade-timeout}, then the answer is 503.
	 * @param decision completes with the answer
	 * @return the answer
	 */
	static Upgrade later(CompletionStage<? extends Upgrade> decision) {
		return new Later(decision);
	}

	/**
	 * Adds a header to the response.
	 * @param name the name, a token of RFC 9110, section 5.6.2
	 * @param value the value, without CR, LF or NUL
	 * @return a new answer; the same one when this declines
	 */
	Upgrade header(String name, String value);

	/**
	 * Adds a cookie to the response.
	 * @param setCookie a whole {@code Set-Cookie} value (RFC 6265, section 4.1)
	 * @return a new answer; the same one when this declines
	 */
	default Upgrade cookie(String setCookie) {
		return header("Set-Cookie", setCookie);
	}

	/**
	 * Chooses the subprotocol. One that the client did not offer is a mistake of the
	 * application: 500, and a line in the log.
	 * @param name the subprotocol
	 * @return a new answer; the same one when this does not accept
	 */
	Upgrade subprotocol(String name);

	/**
	 * A header of the response.
	 *
	 * @param name the name
	 * @param value the value
	 */
	record Header(String name, String value) {

		public Header {
			FieldSyntax.token(name);
			FieldSyntax.value(value);
		}

	}

	/**
	 * The request becomes a connection.
	 *
	 * @param handler gets the callbacks
	 * @param rawProtocol the protocol of a RAW connection
	 * @param chosenSubprotocol the subprotocol, when the application chose one
	 * @param headers what the response carries besides
	 */
	record Accept(ConnectionHandler handler, Optional<String> rawProtocol, Optional<String> chosenSubprotocol,
			List<Header> headers) implements Upgrade {

		public Accept {
			Objects.requireNonNull(handler, "handler must not be null");
			headers = List.copyOf(headers);
		}

		@Override
		public Upgrade header(String name, String value) {
			return new Accept(this.handler, this.rawProtocol, this.chosenSubprotocol, added(this.headers, name, value));
		}

		@Override
		public Upgrade subprotocol(String name) {
			return new Accept(this.handler, this.rawProtocol, Optional.of(FieldSyntax.token(name)), this.headers);
		}

	}

	/**
	 * The request is refused.
	 *
	 * @param status the HTTP status
	 * @param body the body, possibly empty
	 * @param headers what the response carries besides
	 */
	record Reject(int status, String body, List<Header> headers) implements Upgrade {

		public Reject {
			if (status < 300 || status > 599) {
				throw new IllegalArgumentException(
						"an upgrade is rejected with a status from 300 to 599, not " + status);
			}
			Objects.requireNonNull(body, "body must not be null");
			headers = List.copyOf(headers);
		}

		@Override
		public Upgrade header(String name, String value) {
			return new Reject(this.status, this.body, added(this.headers, name, value));
		}

		@Override
		public Upgrade subprotocol(String name) {
			return this;
		}

	}

	/** The request goes on to the application. */
	record Decline() implements Upgrade {

		@Override
		public Upgrade header(String name, String value) {
			return this;
		}

		@Override
		public Upgrade subprotocol(String name) {
			return this;
		}

	}

	/**
	 * The answer comes later.
	 *
	 * @param decision completes with the answer
	 */
	record Later(CompletionStage<? extends Upgrade> decision) implements Upgrade {

		public Later {
			Objects.requireNonNull(decision, "decision must not be null");
		}

		@Override
		public Upgrade header(String name, String value) {
			return new Later(this.decision.thenApply((upgrade) -> upgrade.header(name, value)));
		}

		@Override
		public Upgrade subprotocol(String name) {
			return new Later(this.decision.thenApply((upgrade) -> upgrade.subprotocol(name)));
		}

	}

	private static List<Header> added(List<Header> headers, String name, String value) {
		List<Header> added = new ArrayList<>(headers);
		added.add(new Header(name, value));
		return added;
	}

}
