package io.iodine.autoconfigure;

import java.lang.reflect.Method;
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

	private final ConfigurableListableBeanFactory beans;

	private final PubSub pubSub;

	private final JsonReader json;

	private int subscribed;

	SubscribeMethods(ConfigurableListableBeanFactory beans, PubSub pubSub, JsonReader json) {
		this.beans = beans;
		this.pubSub = pubSub;
		this.json = json;
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (String name : this.beans.getBeanNamesForType(Object.class, true, false)) {
			Class<?> type = AutoProxyUtils.determineTargetClass(this.beans, name);
			if (type != null && !ScopedProxyUtils.isScopedTarget(name)
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
				(MethodIntrospector.MetadataLookup<@Nullable Subscribe>) (method) -> AnnotatedElementUtils
					.findMergedAnnotation(method, Subscribe.class));
		methods.forEach((method, annotation) -> {
			MessageListener listener = listener(bean, type, method);
			for (String value : annotation.value()) {
				String name = Objects.requireNonNull(this.beans.resolveEmbeddedValue(value));
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

	private MessageListener listener(String bean, Class<?> type, Method method) {
		int parameters = method.getParameterCount();
		if (parameters < 1 || parameters > 2 || (parameters == 2 && method.getParameterTypes()[1] != String.class)) {
			throw new IllegalStateException("@Subscribe method " + method.toGenericString()
					+ " must have one parameter, the message, or two, the message and the channel as a String");
		}
		Method invocable = AopUtils.selectInvocableMethod(method, typeOfBean(bean, type));
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
