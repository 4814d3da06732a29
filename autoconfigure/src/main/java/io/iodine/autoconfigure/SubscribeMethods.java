package io.iodine.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Objects;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.PubSub;
import io.iodine.Subscribe;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Subscribes the methods with {@link Subscribe} once all singletons exist; a lazy bean is
 * made for its first message.
 */
final class SubscribeMethods implements SmartInitializingSingleton {

	/** Beans of Spring's own, half of those of a small application. */
	private static final String SPRING = "org.springframework.";

	private final ConfigurableListableBeanFactory beans;

	private final PubSub pubSub;

	private final JsonReader json;

	private final MisplacedHandlerMethods misplaced;

	private int subscribed;

	SubscribeMethods(ConfigurableListableBeanFactory beans, PubSub pubSub, JsonReader json) {
		this.beans = beans;
		this.pubSub = pubSub;
		this.json = json;
		this.misplaced = new MisplacedHandlerMethods(beans);
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (String name : this.beans.getBeanNamesForType(Object.class, true, false)) {
			Class<?> type = AutoProxyUtils.determineTargetClass(this.beans, name);
			if (type != null && !ScopedProxyUtils.isScopedTarget(name) && !type.getName().startsWith(SPRING)
					&& AnnotationUtils.isCandidateClass(type, Subscribe.class)) {
				subscribe(name, type);
			}
		}
	}

	/** Whether any method was subscribed. */
	boolean isAnySubscribed() {
		return this.subscribed > 0;
	}

	private void subscribe(String bean, Class<?> type) {
		Map<Method, Subscribe> methods = MethodIntrospector.selectMethods(type,
				(MethodIntrospector.MetadataLookup<@Nullable Subscribe>) (method) -> {
					// here, because to look at all methods of all beans once more would
					// take time
					this.misplaced.reject(bean, method);
					return AnnotatedElementUtils.findMergedAnnotation(method, Subscribe.class);
				});
		methods.forEach((method, annotation) -> {
			MessageListener listener = listener(bean, type, method);
			if (annotation.value().length == 0) {
				throw new InvalidSubscribeMethodException(bean, method, "names no channel",
						"Name at least one channel or pattern in its @Subscribe.", null);
			}
			for (String value : annotation.value()) {
				String name = resolve(bean, method, value);
				if (isPattern(name)) {
					this.pubSub.subscribePattern(name, listener);
				}
				else {
					this.pubSub.subscribe(name, listener);
				}
				this.subscribed++;
			}
		});
	}

	private String resolve(String bean, Method method, String value) {
		try {
			return Objects.requireNonNull(this.beans.resolveEmbeddedValue(value));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSubscribeMethodException(bean, method,
					"names a channel that can't be resolved: " + ex.getMessage(),
					"Set the property, or give the placeholder a default, as in \"${chat.channel:chat}\".", ex);
		}
	}

	private MessageListener listener(String bean, Class<?> type, Method method) {
		int parameters = method.getParameterCount();
		if (parameters < 1 || parameters > 2 || (parameters == 2 && method.getParameterTypes()[1] != String.class)) {
			throw new InvalidSubscribeMethodException(bean, method, "has parameters that can't be given",
					"Declare one parameter, the message, or two, the message and the channel as a String.", null);
		}
		Method invocable = invocable(bean, type, method);
		ReflectionUtils.makeAccessible(invocable);
		Type payload = method.getGenericParameterTypes()[0];
		return (channel, message) -> {
			try {
				Object value = convert(message, payload);
				Object target = this.beans.getBean(bean);
				ReflectionUtils.invokeMethod(invocable, target,
						(parameters == 1) ? new Object[] { value } : new Object[] { value, channel });
			}
			catch (Exception ex) {
				throw new IllegalStateException("@Subscribe method " + type.getName() + "." + method.getName()
						+ " of bean '" + bean + "' failed on a message of channel '" + channel + "'", ex);
			}
		};
	}

	/**
	 * A private method can't be called on a proxy, and whether a bean that does not exist
	 * yet will be a proxy is unknown.
	 */
	private Method invocable(String bean, Class<?> type, Method method) {
		String action = "Make the method package-private, protected or public.";
		if (Modifier.isPrivate(method.getModifiers()) && !this.beans.containsSingleton(bean)) {
			throw new InvalidSubscribeMethodException(bean, method,
					"is private, but its bean is created later, and may be a proxy by then", action, null);
		}
		try {
			return AopUtils.selectInvocableMethod(method, typeOfBean(bean, type));
		}
		catch (IllegalStateException ex) {
			throw new InvalidSubscribeMethodException(bean, method, "can't be called on the proxy of its bean", action,
					ex);
		}
	}

	/** A proxy may have another type than its target. */
	private Class<?> typeOfBean(String bean, Class<?> target) {
		Class<?> type = this.beans.getType(bean, false);
		return (type != null) ? type : target;
	}

	private Object convert(Message message, Type type) {
		if (type == Message.class) {
			return message;
		}
		if (type == String.class) {
			return message.asText();
		}
		return (type == byte[].class) ? message.asBytes() : this.json.read(message.asBytes(), type);
	}

	private static boolean isPattern(String name) {
		return name.chars().anyMatch((c) -> "*?[\\".indexOf(c) >= 0);
	}

}
