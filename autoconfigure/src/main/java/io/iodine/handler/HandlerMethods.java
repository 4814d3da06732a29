package io.iodine.handler;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.iodine.annotation.OnClose;
import io.iodine.annotation.OnDrained;
import io.iodine.annotation.OnError;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;
import io.iodine.annotation.OnShutdown;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.StringValueResolver;

/**
 * The annotated methods of a type, checked.
 *
 * @param open runs when a connection opens; null for none, as are the next three
 * @param drained runs when all was written
 * @param shutdown runs when the server shuts down
 * @param close runs when a connection has ended
 * @param errors handle what others throw
 * @param events receive events, by name
 * @param messages receive whole messages
 * @param arguments the arguments from the request, by slot
 */
record HandlerMethods(@Nullable HandlerMethod open, @Nullable HandlerMethod drained, @Nullable HandlerMethod shutdown,
		@Nullable HandlerMethod close, List<HandlerMethod> errors, Map<String, HandlerMethod> events,
		UnnamedMessages messages, List<RequestArgument> arguments) {

	private static final List<Class<? extends Annotation>> KINDS = List.of(OnOpen.class, OnMessage.class,
			OnDrained.class, OnShutdown.class, OnClose.class, OnError.class);

	private static final String RESERVED = "iodine.";

	/** Whether a type has annotated methods. */
	static boolean areIn(Class<?> type) {
		return !MethodIntrospector
			.selectMethods(type,
					(Method method) -> KINDS.stream()
						.anyMatch((kind) -> AnnotatedElementUtils.hasAnnotation(method, kind)))
			.isEmpty();
	}

	/**
	 * Finds and checks them.
	 * @param type the class of the bean
	 * @param invokedType the class of its proxy, or the same
	 * @param factories make arguments from the request
	 * @param placeholders resolves what annotations say
	 * @param codec reads payloads
	 * @return the methods
	 */
	static HandlerMethods of(Class<?> type, Class<?> invokedType, List<RequestArgument.Factory> factories,
			StringValueResolver placeholders, JsonCodec codec) {
		ArgumentFactory arguments = new ArgumentFactory(type, factories);
		Map<String, HandlerMethod> events = new LinkedHashMap<>();
		List<HandlerMethod> unnamed = new ArrayList<>();
		annotated(type, OnMessage.class).forEach((method, annotation) -> {
			HandlerMethod created = arguments.create(method, OnMessage.class, invokedType);
			String event = Objects.requireNonNull(placeholders.resolveStringValue(annotation.value()));
			if (event.isEmpty()) {
				unnamed.add(created);
			}
			else {
				add(events, event, created);
			}
		});
		UnnamedMessages messages = UnnamedMessages.of(unnamed);
		if (!codec.isAvailable() && (!events.isEmpty() || messages.readsJson())) {
			throw new InvalidHandlerMethodException("its @OnMessage methods read JSON, for which there is no Jackson",
					"Add the dependency org.springframework.boot:spring-boot-starter-jackson.");
		}
		List<HandlerMethod> errors = new ArrayList<>();
		annotated(type, OnError.class)
			.forEach((method, annotation) -> errors.add(arguments.create(method, OnError.class, invokedType)));
		return new HandlerMethods(single(type, OnOpen.class, arguments, invokedType),
				single(type, OnDrained.class, arguments, invokedType),
				single(type, OnShutdown.class, arguments, invokedType),
				single(type, OnClose.class, arguments, invokedType), checked(errors), Map.copyOf(events), messages,
				arguments.requestArguments());
	}

	/** Whether messages carry the names of events. */
	boolean usesEnvelope() {
		return !this.events.isEmpty() || this.messages.isEmpty();
	}

	/** Whether something waits for pending writes to be sent. */
	boolean wantsDrained() {
		return this.drained != null || Stream
			.of(Stream.ofNullable(this.open), this.events.values().stream(), this.messages.all().stream(),
					this.errors.stream())
			.flatMap((methods) -> methods)
			.anyMatch(HandlerMethod::isReactive);
	}

	/** All methods whose payload is validated. */
	boolean validates() {
		return Stream.concat(this.events.values().stream(), this.messages.all().stream())
			.anyMatch((method) -> method.payload() != null && method.payload().validated());
	}

	@Nullable HandlerMethod errorMethod(Throwable error) {
		HandlerMethod found = null;
		for (HandlerMethod method : this.errors) {
			Class<?> type = throwable(method);
			if (type.isInstance(error) && (found == null || throwable(found).isAssignableFrom(type))) {
				found = method;
			}
		}
		return found;
	}

	private static void add(Map<String, HandlerMethod> events, String event, HandlerMethod method) {
		if (event.startsWith(RESERVED)) {
			throw new InvalidHandlerMethodException("its method " + HandlerMethod.describe(method.method())
					+ " names the reserved event '" + event + "'",
					"Choose a name that does not begin with \"" + RESERVED + "\".");
		}
		HandlerMethod other = events.putIfAbsent(event, method);
		if (other != null) {
			throw new InvalidHandlerMethodException(
					"its methods " + HandlerMethod.describe(other.method()) + " and "
							+ HandlerMethod.describe(method.method()) + " both receive the event '" + event + "'",
					"Give each @OnMessage method a different event.");
		}
	}

	private static List<HandlerMethod> checked(List<HandlerMethod> errors) {
		for (HandlerMethod method : errors) {
			if (throwable(method) == Object.class) {
				throw new InvalidHandlerMethodException(
						"its @OnError method " + HandlerMethod.describe(method.method())
								+ " has no Throwable parameter",
						"Add a parameter of the exception's type that it handles.");
			}
			for (HandlerMethod other : errors) {
				if (!other.equals(method) && throwable(other).equals(throwable(method))) {
					throw new InvalidHandlerMethodException(
							"its @OnError methods " + HandlerMethod.describe(other.method()) + " and "
									+ HandlerMethod.describe(method.method()) + " handle the same exceptions",
							"Give each @OnError method a different type of exception.");
				}
			}
		}
		return List.copyOf(errors);
	}

	private static Class<?> throwable(HandlerMethod method) {
		for (Class<?> type : method.method().getParameterTypes()) {
			if (Throwable.class.isAssignableFrom(type)) {
				return type;
			}
		}
		return Object.class;
	}

	private static @Nullable HandlerMethod single(Class<?> type, Class<? extends Annotation> kind,
			ArgumentFactory arguments, Class<?> invokedType) {
		List<Method> methods = List.copyOf(annotated(type, kind).keySet());
		if (methods.size() > 1) {
			throw new InvalidHandlerMethodException(
					"its methods " + HandlerMethod.describe(methods.get(0)) + " and "
							+ HandlerMethod.describe(methods.get(1)) + " are both @" + kind.getSimpleName(),
					"Leave one @" + kind.getSimpleName() + " method.");
		}
		return methods.isEmpty() ? null : arguments.create(methods.get(0), kind, invokedType);
	}

	private static <A extends Annotation> Map<Method, A> annotated(Class<?> type, Class<A> kind) {
		Map<Method, A> sorted = new TreeMap<>(Comparator.comparing(Method::getName).thenComparing(Method::toString));
		sorted.putAll(MethodIntrospector.selectMethods(type,
				(MethodIntrospector.MetadataLookup<@Nullable A>) (method) -> AnnotatedElementUtils
					.findMergedAnnotation(method, kind)));
		return sorted;
	}

}
