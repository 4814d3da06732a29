package io.iodine.autoconfigure;

import java.lang.reflect.Method;

import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;
import io.iodine.upgrade.InvalidUpgradeHandlerException;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Rejects methods that no connection reaches, because {@link UpgradeHandler} is missing
 * on their class or stands on a method that declares no bean.
 */
final class MisplacedHandlerMethods {

	private final ConfigurableListableBeanFactory beans;

	MisplacedHandlerMethods(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * Checks a method.
	 * @param bean the bean that has it
	 * @param method the method
	 * @throws InvalidUpgradeHandlerException if it looks like a handler, but is none
	 */
	void reject(String bean, Method method) {
		if (method.getAnnotations().length == 0) {
			return;
		}
		String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
		if (AnnotatedElementUtils.isAnnotated(method, UpgradeHandler.class)
				&& !AnnotatedElementUtils.isAnnotated(method, Bean.class)) {
			throw new InvalidUpgradeHandlerException(bean,
					"its method " + name + " has @UpgradeHandler, but declares no bean",
					"Add @Bean to the method, or move @UpgradeHandler to a class that is a handler.");
		}
		if ((method.isAnnotationPresent(OnOpen.class) || method.isAnnotationPresent(OnMessage.class))
				&& this.beans.findAnnotationOnBean(bean, UpgradeHandler.class, false) == null) {
			throw new InvalidUpgradeHandlerException(bean,
					"its method " + name + " is one of a handler, but the bean has no @UpgradeHandler",
					"Annotate its class, as in @UpgradeHandler(\"/chat\").");
		}
	}

}
