package io.iodine.handler;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.iodine.Message;
import io.iodine.handler.HandlerMethod.Payload;
import org.jspecify.annotations.Nullable;

/**
 * The methods that receive whole messages, by the type of their payload.
 *
 * @param text receives text; null for none, as are the next two
 * @param binary receives binary messages
 * @param any receives what no other does
 * @param json receive what is read from JSON
 * @param jsonType the common type of their payloads
 */
record UnnamedMessages(@Nullable HandlerMethod text, @Nullable HandlerMethod binary, @Nullable HandlerMethod any,
		List<HandlerMethod> json, @Nullable Type jsonType) {

	static UnnamedMessages of(List<HandlerMethod> methods) {
		HandlerMethod text = null;
		HandlerMethod binary = null;
		HandlerMethod any = null;
		List<HandlerMethod> json = new ArrayList<>();
		for (HandlerMethod method : methods) {
			Payload payload = method.payload();
			if (payload == null) {
				any = alone(any, method);
			}
			else if (payload.isText()) {
				text = alone(text, method);
			}
			else if (payload.isBinary()) {
				binary = alone(binary, method);
			}
			else {
				json.add(method);
			}
		}
		if (text != null && !json.isEmpty()) {
			throw ambiguous(text, json.get(0));
		}
		return new UnnamedMessages(text, binary, any, List.copyOf(json), json.isEmpty() ? null : commonType(json));
	}

	boolean isEmpty() {
		return all().isEmpty();
	}

	boolean readsJson() {
		return !this.json.isEmpty();
	}

	List<HandlerMethod> all() {
		List<HandlerMethod> all = new ArrayList<>(this.json);
		for (HandlerMethod method : new HandlerMethod[] { this.text, this.binary, this.any }) {
			if (method != null) {
				all.add(method);
			}
		}
		return all;
	}

	/** The method for a message, unless its JSON must be read first. */
	@Nullable HandlerMethod select(Message message) {
		HandlerMethod method = message.isText() ? this.text : this.binary;
		return (method != null || readsJson()) ? method : this.any;
	}

	/** The method for a payload that was read from JSON. */
	HandlerMethod select(Object payload) {
		if (this.json.size() == 1) {
			return this.json.get(0);
		}
		HandlerMethod found = null;
		for (HandlerMethod method : this.json) {
			Class<?> type = type(method);
			if (type.isInstance(payload) && (found == null || type(found).isAssignableFrom(type))) {
				found = method;
			}
		}
		if (found == null) {
			throw new InvalidMessageException("Unexpected message", null);
		}
		return found;
	}

	private static HandlerMethod alone(@Nullable HandlerMethod other, HandlerMethod method) {
		if (other != null) {
			throw ambiguous(other, method);
		}
		return method;
	}

	private static Type commonType(List<HandlerMethod> methods) {
		if (methods.size() == 1) {
			Payload payload = methods.get(0).payload();
			return (payload != null) ? payload.type() : Object.class;
		}
		Set<Class<?>> seen = new HashSet<>();
		methods.stream().filter((method) -> !seen.add(type(method))).findFirst().ifPresent((twin) -> {
			throw ambiguous(methods.get(0), twin);
		});
		Set<Class<?>> common = sealedTypes(type(methods.get(0)));
		methods.forEach((method) -> common.retainAll(sealedTypes(type(method))));
		if (common.isEmpty()) {
			throw ambiguous(methods.get(0), methods.get(1));
		}
		return common.iterator().next();
	}

	private static Class<?> type(HandlerMethod method) {
		return (method.payload() != null && method.payload().type() instanceof Class<?> type) ? type : Object.class;
	}

	/** The sealed types that a type belongs to, the nearest first. */
	private static Set<Class<?>> sealedTypes(Class<?> type) {
		Set<Class<?>> found = new LinkedHashSet<>();
		if (type.isSealed()) {
			found.add(type);
		}
		for (Class<?> parent : type.getInterfaces()) {
			found.addAll(sealedTypes(parent));
		}
		if (type.getSuperclass() != null) {
			found.addAll(sealedTypes(type.getSuperclass()));
		}
		return found;
	}

	private static InvalidHandlerMethodException ambiguous(HandlerMethod one, HandlerMethod other) {
		return new InvalidHandlerMethodException(
				"its @OnMessage methods " + HandlerMethod.describe(one.method()) + " and "
						+ HandlerMethod.describe(other.method()) + " receive the same messages",
				"Give each an event name, or payloads of one sealed type.");
	}

}
