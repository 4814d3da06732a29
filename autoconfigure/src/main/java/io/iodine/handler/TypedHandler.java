package io.iodine.handler;

import java.util.Objects;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.handler.HandlerMethod.Payload;
import org.jspecify.annotations.Nullable;

/** Calls the annotated methods for one connection. */
class TypedHandler implements ConnectionHandler {

	private static final int POLICY_VIOLATION = 1008;

	private final TypedEndpoint endpoint;

	private final Object bean;

	private final @Nullable Object[] request;

	private final ResultWriter results;

	/** Made when first needed; belongs to the connection's turn. */
	private @Nullable ChannelEvents channels;

	TypedHandler(TypedEndpoint endpoint, Object bean, @Nullable Object[] request) {
		this.endpoint = endpoint;
		this.bean = bean;
		this.request = request;
		this.results = new ResultWriter(endpoint.maxPending(), endpoint.context(), this::failedLater);
	}

	@Override
	public void onOpen(Connection client) throws Exception {
		try {
			call(methods().open(), client);
		}
		catch (Throwable ex) {
			ErrorReply reply = this.endpoint.errors().reply(ex);
			if (!reply.isDenial()) {
				throw rethrown(ex);
			}
			client.close(POLICY_VIOLATION, CloseText.of(reply.title()));
		}
	}

	@Override
	public void onMessage(Connection client, Message message) throws Exception {
		Envelope envelope = (methods().usesEnvelope() && message.isText())
				? this.endpoint.codec().readEnvelope(message.asBytes()) : null;
		Reply reply = (envelope != null) ? new Reply(client, this.endpoint.codec(), envelope.event(), envelope.id())
				: raw(client);
		try {
			if (envelope == null) {
				whole(message, reply);
			}
			else if (ReservedEvents.isReserved(envelope.event())) {
				channels(client).handle(envelope, reply);
			}
			else {
				event(message, envelope, reply);
			}
		}
		catch (Throwable ex) {
			failed(client, message, reply, ex);
		}
	}

	private ChannelEvents channels(Connection client) {
		ReservedEvents reserved = this.endpoint.reserved();
		if (reserved == null) {
			throw new InvalidMessageException(ErrorReply.FORBIDDEN);
		}
		ChannelEvents current = this.channels;
		if (current == null) {
			current = new ChannelEvents(reserved, this.endpoint.codec(), client);
			this.channels = current;
		}
		return current;
	}

	private void event(Message message, Envelope envelope, Reply reply) throws Throwable {
		HandlerMethod method = methods().events().get(envelope.event());
		if (method == null) {
			throw new InvalidMessageException("Unknown event", null);
		}
		Payload payload = method.payload();
		invoke(method, message, (payload != null) ? envelope.data().read(payload.type()) : null, reply);
	}

	private void whole(Message message, Reply reply) throws Throwable {
		UnnamedMessages messages = methods().messages();
		HandlerMethod method = messages.select(message);
		if (method != null) {
			Payload payload = method.payload();
			Object value = (payload == null) ? null : payload.isText() ? message.asText() : message.asBytes();
			invoke(method, message, value, reply);
		}
		else if (messages.jsonType() != null) {
			Object value = this.endpoint.codec().read(message.asBytes(), messages.jsonType());
			if (value == null) {
				throw new InvalidMessageException("Bad Request", "The message is null");
			}
			invoke(messages.select(value), message, value, reply);
		}
		else {
			throw new InvalidMessageException("Bad Request", methods().usesEnvelope() || !methods().events().isEmpty()
					? "Expected a JSON object with an event" : "Unexpected kind of message");
		}
	}

	private void invoke(HandlerMethod method, Message message, @Nullable Object payload, Reply reply) throws Throwable {
		Object checked = this.endpoint.checked(method.payload(), payload);
		this.results.write(method.invoke(this.bean, new Call(reply.client(), this.request, message, checked, null)),
				reply);
	}

	@Override
	public void onDrained(Connection client) throws Exception {
		this.results.drained();
		callOrThrow(methods().drained(), client);
	}

	@Override
	public void onShutdown(Connection client) throws Exception {
		callOrThrow(methods().shutdown(), client);
	}

	@Override
	public void onClose(Connection client) throws Exception {
		this.results.close();
		if (this.channels != null) {
			this.channels.close();
		}
		callOrThrow(methods().close(), client);
	}

	private HandlerMethods methods() {
		return this.endpoint.methods();
	}

	private Reply raw(Connection client) {
		return new Reply(client, this.endpoint.codec(), null, null);
	}

	private void callOrThrow(@Nullable HandlerMethod method, Connection client) throws Exception {
		try {
			call(method, client);
		}
		catch (Throwable ex) {
			throw rethrown(ex);
		}
	}

	private void call(@Nullable HandlerMethod method, Connection client) throws Throwable {
		if (method != null) {
			this.results.write(method.invoke(this.bean, new Call(client, this.request)), raw(client));
		}
	}

	/** What comes late fails in the connection's turn, as if it had been thrown there. */
	private void failedLater(Reply reply, Throwable error) {
		reply.client().defer(() -> {
			try {
				failed(reply.client(), null, reply, error);
			}
			catch (Throwable ex) {
				throw new IllegalStateException("An asynchronous result failed", ex);
			}
		});
	}

	private void failed(Connection client, @Nullable Message message, Reply reply, Throwable error) throws Exception {
		Throwable current = error;
		HandlerMethod method = methods().errorMethod(error);
		if (method != null) {
			try {
				this.results.write(method.invoke(this.bean, new Call(client, this.request, message, null, error)),
						reply);
				return;
			}
			catch (Throwable ex) {
				current = ex;
			}
		}
		ErrorReply errorReply = this.endpoint.errors().reply(current);
		if (client.protocol() != Protocol.RAW && this.endpoint.codec().isAvailable()) {
			reply.failure(errorReply);
		}
		if (errorReply.isServerError() || client.protocol() == Protocol.RAW) {
			throw rethrown(current);
		}
	}

	private static Exception rethrown(Throwable error) throws Exception {
		if (error instanceof Error fatal) {
			throw fatal;
		}
		return Objects.requireNonNull((Exception) error);
	}

	/**
	 * A typed handler with methods for a drained send queue. The others spare the turn.
	 */
	static final class Draining extends TypedHandler {

		Draining(TypedEndpoint endpoint, Object bean, @Nullable Object[] request) {
			super(endpoint, bean, request);
		}

		@Override
		public void onDrained(Connection client) throws Exception {
			super.onDrained(client);
		}

	}

}
